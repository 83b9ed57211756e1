import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Builds the command once, before any test runs it: a build inside a test would take dist/ away from the others. Makes the
 * folder for the artifacts of the shipped workload, which the first test that asks for them synthesizes (`shipped.ts`).
 */
export default function setup(): void {
  execFileSync(process.execPath, [join(__dirname, '..', '.ci', 'build.mjs')], { stdio: 'inherit' });
  process.env['TEE_KIT_TEST_SHIPPED'] = mkdtempSync(join(tmpdir(), 'tee-kit-shipped-'));
  process.once('exit', () => rmSync(process.env['TEE_KIT_TEST_SHIPPED'] ?? '', { recursive: true, force: true }));
}
