import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Token } from 'aws-cdk-lib';

/** Plain files, so that shellcheck reads them and tests run them. The build copies them beside the compiled code. */
const SCRIPTS = ['lib.sh', 'boot.sh', 'health.sh'] as const;
const DIRECTORY = '/opt/tee-kit';
/** Most user data that EC2 accepts, in bytes before base64. */
const USER_DATA_LIMIT_BYTES = 16_384;

/**
 * The user data of a host: settings, the boot chain's scripts as readable text, and the call of the first.
 * @throws for a setting that a shell could read as more than text, and for more than 16 KiB.
 */
export function bootUserData(settings: Readonly<Record<string, string>>): string {
  for (const [name, value] of Object.entries(settings)) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new Error(`settings.${name}: allowed: upper-case letters, digits and underscores.`);
    if (!Token.isUnresolved(value) && !/^[\w.:/@+=!*() -]*$/.test(value)) throw new Error(`settings.${name}: "${value}" holds characters that a shell interprets; allowed: letters, digits and . : / @ + = - _ ! * ( ) and spaces.`);
  }
  const lines = [
    '#!/bin/bash',
    'set -euo pipefail',
    `install -d -m 0700 ${DIRECTORY}`,
    ...file('settings.env', Object.entries(settings).map(([name, value]) => `${name}='${value}'`).join('\n')),
    ...SCRIPTS.flatMap((name) => file(name, script(name))),
    `exec /bin/bash ${DIRECTORY}/boot.sh`,
    '',
  ];
  const text = lines.join('\n');
  if (Buffer.byteLength(text) > USER_DATA_LIMIT_BYTES) throw new Error(`user data has ${Buffer.byteLength(text)} bytes; allowed: ${USER_DATA_LIMIT_BYTES}. Shorten the settings.`);
  return text;
}

function file(name: string, content: string): readonly string[] {
  return [`cat > ${DIRECTORY}/${name} <<'TEE_KIT_END'`, content, 'TEE_KIT_END'];
}

/** A script without its comments and blank lines: user data is small. */
function script(name: string): string {
  return readFileSync(join(__dirname, 'boot', name), 'utf8').split('\n').filter((line) => line.trim() !== '' && !/^\s*#(?!!)/.test(line)).join('\n');
}
