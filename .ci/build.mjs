// Transpiles the kit to dist/ (CommonJS, one file per source file, so that a run loads only what it needs).
// Types are not checked here: `npm run check` does that.
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['constructs', 'cdk', 'pulumi']
  .filter((folder) => existsSync(`${root}/${folder}`))
  .flatMap((folder) => readdirSync(`${root}/${folder}`, { recursive: true }).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

rmSync(`${root}/dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: sources,
  outdir: 'dist',
  outbase: '.',
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
});
// The boot scripts stay plain files; the constructs read them from beside their compiled code.
cpSync(`${root}/constructs/aws/boot`, `${root}/dist/constructs/aws/boot`, { recursive: true });
