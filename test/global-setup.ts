import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the artifacts of the shipped workload, which the first test that asks for them synthesizes (`shipped.ts`). */
export default function setup(): void {
  process.env['TEE_KIT_TEST_SHIPPED'] = mkdtempSync(join(tmpdir(), 'tee-kit-shipped-'));
  process.once('exit', () => rmSync(process.env['TEE_KIT_TEST_SHIPPED'] ?? '', { recursive: true, force: true }));
}
