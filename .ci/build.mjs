// Transpiles the kit to dist/ (CommonJS, one file per source file, so that a run loads only what it needs).
// Types are not checked here: `npm run check` does that.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}/dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['constructs/**/*.ts', 'cdk/**/*.ts', 'pulumi/**/*.ts'],
  outdir: 'dist',
  outbase: '.',
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
});
