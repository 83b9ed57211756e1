import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { temporaryFolder } from './cli-fixture';
import { ROOT } from '../shipped';

const { root, write } = temporaryFolder();
const EXAMPLES = join(ROOT, 'docs', 'examples');
const read = (name: string): string => readFileSync(join(EXAMPLES, name), 'utf8');
const MARKER = '<!-- tee-kit: protection report -->';

/** Every shell text of a pipeline, wherever its format keeps it. */
function* shell(value: unknown): Iterable<string> {
  if (Array.isArray(value)) for (const item of value) yield* shell(item);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'string' && (key === 'run' || key === 'bash')) yield inner;
      else if (Array.isArray(inner) && /^(script|before_script|after_script)$/.test(key)) yield* inner.filter((line): line is string => typeof line === 'string');
      else yield* shell(inner);
    }
  }
}

const PIPELINES = ['github/action.yml', 'github/workflow.yml', 'gitlab/gitlab-ci.yml', 'azure-devops/azure-pipelines.yml'];

test.each(PIPELINES)('%s is YAML, every shell step parses, and names files and options that are there', (name) => {
  const lines = [...shell(parse(read(name)))];
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) {
    const text = line.replace(/\$\{\{[^}]*\}\}/g, 'value');
    expect([text, spawnSync('bash', ['-n'], { input: text }).status]).toEqual([text, 0]);
    for (const [, file] of text.matchAll(/docs\/examples\/([\w/.-]+\.sh)/g)) expect(existsSync(join(EXAMPLES, file ?? ''))).toBe(true);
  }
});

test.each(PIPELINES)('%s fails closed: nothing turns a verdict into success', (name) => {
  for (const line of shell(parse(read(name)))) if (line.includes('review.sh')) expect(line).not.toMatch(/\|\| *(true|:)|;\s*true/);
  expect(read(name).replace(/^\s*#.*$/gm, '')).not.toMatch(/allow_failure|continueOnError|pull_request_target:/);
  // The one step that may fail is the upload of SARIF, which is no verdict.
  expect(read(name).match(/continue-on-error/g)?.length ?? 0).toBeLessThanOrEqual(name === 'github/action.yml' ? 1 : 0);
});

const SCRIPTS = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sh'));

test.each(SCRIPTS)('%s parses, stops at the first error and passes shellcheck', (name) => {
  expect(spawnSync('bash', ['-n', join(EXAMPLES, name)]).status).toBe(0);
  expect(read(name)).toMatch(/^set -euo pipefail$/m);
  const checked = spawnSync('shellcheck', [join(EXAMPLES, name)], { encoding: 'utf8' });
  if (!checked.error) expect(checked.stdout).toBe('');
});

test('every file and every command of docs/ci.md is there', () => {
  const text = readFileSync(join(ROOT, 'docs', 'ci.md'), 'utf8');
  for (const [, target] of text.matchAll(/\]\(((?:examples|cli|\.\.)[^)#]*)(?:#[^)]*)?\)/g)) expect([target, existsSync(join(ROOT, 'docs', target ?? ''))]).toEqual([target, true]);
  for (const [, command] of text.matchAll(/```sh\n([\s\S]*?)```/g)) expect(spawnSync('bash', ['-n'], { input: command }).status).toBe(0);
});

/** A stand-in for a command: logs its arguments and input, and answers reads from a file. */
function standIn(folder: string, name: string): void {
  const file = write(`${folder}/bin/${name}`, `#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$STAND_IN/calls"
case "$*" in
  *"--data @-"*) cat > /dev/null ;;
  *"--request DELETE"*|*"--method DELETE"*|*"--method P"*|*"--request P"*) ;;
  */user) echo '{"id": 7}' ;;
  *) cat "$STAND_IN/known" ;;
esac
`);
  chmodSync(file, 0o755);
}

const SERVICES = [
  {
    script: 'github/comment.sh', command: 'gh', none: '', some: '41\n42\n', created: /--method POST repos\/o\/r\/issues\/5\/comments --field body=@/, updated: /--method PATCH repos\/o\/r\/issues\/comments\/41 /, removed: /--method DELETE repos\/o\/r\/issues\/comments\/41/,
    env: { GH_TOKEN: 't', GITHUB_REPOSITORY: 'o/r', PULL_REQUEST: '5' },
  },
  {
    script: 'gitlab/comment.sh', command: 'curl', none: '[]', some: JSON.stringify([{ id: 1, body: `${MARKER} of a stranger`, author: { id: 8 } }, { id: 9, body: `${MARKER}\n### x`, author: { id: 7 } }]),
    created: /--request POST .*merge_requests\/5\/notes$/m, updated: /--request PUT .*notes\/9$/m, removed: /--request DELETE .*notes\/9$/m,
    env: { CI_API_V4_URL: 'https://gitlab.example/api/v4', CI_PROJECT_ID: '3', CI_MERGE_REQUEST_IID: '5', TEE_KIT_TOKEN: 'secret-token' },
  },
  {
    script: 'azure-devops/comment.sh', command: 'curl', none: '{"value": []}', some: JSON.stringify({ value: [{ id: 1, comments: [{ id: 1, content: 'something else' }] }, { id: 2, comments: [{ id: 6, content: `${MARKER}\n### x` }] }] }),
    created: /--request POST --data @- .*\/threads\?api-version=7\.1$/m, updated: /--request PATCH --data @- .*\/threads\/2\/comments\/6\?/, removed: /--request PATCH --data \{"status":"closed"\} .*\/threads\/2\?/,
    env: { SYSTEM_COLLECTIONURI: 'https://dev.example/o/', SYSTEM_TEAMPROJECTID: 'p', BUILD_REPOSITORY_ID: 'r', SYSTEM_PULLREQUEST_PULLREQUESTID: '5', SYSTEM_ACCESSTOKEN: 'secret-token' },
  },
];

const jq = spawnSync('jq', ['--version']).error === undefined;

describe.each(SERVICES)('$script', ({ script, command, none, some, created, updated, removed, env }) => {
  const run = (known: string, comment: string): string => {
    const folder = dirname(script);
    standIn(folder, command);
    write(`${folder}/known`, known);
    write(`${folder}/calls`, '');
    const file = write(`${folder}/comment.md`, comment);
    const { status, stderr } = spawnSync('bash', [join(EXAMPLES, script), file], {
      env: { ...env, PATH: `${join(root, folder, 'bin')}:${process.env['PATH'] ?? ''}`, STAND_IN: join(root, folder) }, encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    const calls = readFileSync(join(root, folder, 'calls'), 'utf8');
    expect(calls).not.toContain('secret-token');
    return calls;
  };
  const needsJq = command === 'curl' && !jq ? test.skip : test;
  needsJq('makes one, updates the one of its own, and takes it away when there is nothing to say', () => {
    expect(run(none, `${MARKER}\n### WEAKER`)).toMatch(created);
    const again = run(some, `${MARKER}\n### WEAKER`);
    expect(again).toMatch(updated);
    expect(again).not.toMatch(created);
    expect(run(some, '')).toMatch(removed);
    expect(run(none, '')).not.toMatch(/--(method|request) /);
  });
});
