import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../shipped';
import { tee } from './cli-fixture';

const document = readFileSync(join(ROOT, 'docs', 'cli.md'), 'utf8');

test('docs/cli.md has what --help prints: every command, every option', async () => {
  const { out } = await tee('--help');
  expect(document).toContain(out);
  const commands = [...new Set([...out.matchAll(/^ {2}tee-kit ([a-z-]+) /gm)].map(([, name]) => name as string))];
  expect(commands).toEqual(expect.arrayContaining(['synth', 'check', 'prove', 'diff', 'report', 'evidence']));
  for (const command of commands) {
    const { out: help } = await tee(command, '--help');
    expect(document).toContain(`## tee-kit ${command}\n\n\`\`\`text\n${help}`);
  }
});
