#!/usr/bin/env node
'use strict';
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const node = require('node:module');
const { dirname, join } = require('node:path');
const v8 = require('node:v8');

const bundle = join(__dirname, '..', '..', 'dist', 'constructs', 'compliance', 'cli', 'tee-kit.js');

// Most runs are over before optimized code pays for its compilation, which by default takes a quarter of the process time.
v8.setFlagsFromString('--interrupt-budget=1000000');
// The tag tells V8's version, its flags and the processor: code that was kept for others is not found.
const kept = `${bundle}.${v8.cachedDataVersionTag()}.code`;
let script;

/** The command line's module. */
function load() {
  const cachedData = existsSync(kept) ? readFileSync(kept) : undefined;
  // Node 22.1 and later: compiled code is kept between runs.
  if (!cachedData && require.main === module && typeof node.enableCompileCache === 'function') {
    node.enableCompileCache();
    return require(bundle);
  }
  const { Script } = require('node:vm');
  script = new Script(node.wrap(readFileSync(bundle, 'utf8')), { filename: bundle, cachedData });
  const loaded = { exports: {} };
  script.runInThisContext().call(loaded.exports, loaded.exports, node.createRequire(bundle), loaded, bundle, dirname(bundle));
  return loaded.exports;
}

/** Keeps what has been compiled so far for later runs (the build calls it after a rehearsal). */
function keep() {
  writeFileSync(kept, script.createCachedData());
}

if (require.main !== module) module.exports = { load, keep };
else if (existsSync(bundle)) load().main(process.argv.slice(2));
else {
  process.stderr.write('tee-kit: dist/ is missing; run `npm run build` in the checkout (npm ci does it)\n');
  process.exitCode = 2;
}
