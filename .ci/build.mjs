// Transpiles the kit to dist/ (CommonJS, one file per source file, for those who import it), and bundles the command
// line into one file beside it: resolving and opening 250 modules takes Node longer than running what is in them.
// Types are not checked here: `npm run check` does that.
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { template } from '../test/bench/generate.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'constructs', 'compliance', 'bin.js');
const sources = ['constructs', 'cdk', 'pulumi']
  .filter((folder) => existsSync(`${root}/${folder}`))
  .flatMap((folder) => readdirSync(`${root}/${folder}`, { recursive: true }).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
const common = { absWorkingDir: root, outbase: '.', outdir: 'dist', format: 'cjs', platform: 'node', target: 'node20' };

rmSync(`${root}/dist`, { recursive: true, force: true });
await Promise.all([
  build({ ...common, entryPoints: sources, sourcemap: true, sourcesContent: false }),
  build({
    ...common, entryPoints: [{ in: 'constructs/compliance/cli/main.ts', out: 'constructs/compliance/cli/tee-kit' }],
    bundle: true, packages: 'external', minifyWhitespace: true, minifySyntax: true,
  }),
]);
// The boot scripts stay plain files; the constructs read them from beside their compiled code.
cpSync(`${root}/constructs/aws/boot`, `${root}/dist/constructs/aws/boot`, { recursive: true });

// Keeps what V8 compiled in a rehearsal, for this V8 only; without it a run compiles again.
const folder = mkdtempSync(join(tmpdir(), 'tee-kit-build-'));
try {
  const [base, head] = [45, 54].map((resources) => {
    const file = join(folder, `${resources}.template.json`);
    writeFileSync(file, JSON.stringify(template(resources)));
    return file;
  });
  const { load, keep } = createRequire(import.meta.url)(bin);
  const { run } = load();
  const silent = { out: () => undefined, err: () => undefined, progress: () => undefined };
  for (const command of [['check', head], ['check', head, '--format', 'json'], ['prove', head], ['diff', base, head]]) {
    const code = await run(command, silent);
    if (code === 2) throw new Error(`tee-kit ${command.join(' ')} ended with 2`);
  }
  keep();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
