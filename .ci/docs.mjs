// Writes the generated documents; with --check, says which are not up to date and ends 1.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const check = process.argv.includes('--check');
let stale = 0;
for (const module of ['workload', 'compliance']) {
  const file = `${root}dist/constructs/${module}/docs.js`;
  if (!existsSync(file)) continue;
  for (const [path, text] of Object.entries(require(file).documents())) {
    if (existsSync(root + path) && readFileSync(root + path, 'utf8') === text) continue;
    stale++;
    if (check) console.error(`${path} is not up to date: run npm run docs`);
    else {
      mkdirSync(dirname(root + path), { recursive: true });
      writeFileSync(root + path, text);
      console.error(`wrote ${path}`);
    }
  }
}
process.exitCode = check && stale > 0 ? 1 : 0;
