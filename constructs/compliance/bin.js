#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const node = require('node:module');

const main = join(__dirname, '..', '..', 'dist', 'constructs', 'compliance', 'cli', 'main.js');
if (existsSync(main)) {
  // Node 22.1 and later: compiled code is kept between runs.
  if (typeof node.enableCompileCache === 'function') node.enableCompileCache();
  require(main).main(process.argv.slice(2));
} else {
  process.stderr.write('tee-kit: dist/ is missing; run `npm run build` in the checkout (npm ci does it)\n');
  process.exitCode = 2;
}
