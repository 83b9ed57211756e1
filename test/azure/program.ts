import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executeProgram, type Preview } from '../../constructs/compliance/adapters/pulumi-preview.js';
import type { AzurePlacement, Workload } from '../../constructs/workload/index.js';
import { type AzureOptions, deploy } from '../../pulumi/azure/index.js';
import { Deployment, type Properties, type Value } from '../../constructs/compliance/model.js';
import { pulumiResource } from '../../constructs/compliance/read/preview.js';
import { TODAY, WORKLOAD } from '../compliance/workload-fixture.js';

/** A self-signed certificate whose private key was never kept. */
export const SIGNER = 'MIIEaTCCAtGgAwIBAgIURUcSIiGzphMWTEEN58n/3swXU+UwDQYJKoZIhvcNAQELBQAwRDFCMEAGA1UEAww5VEVFIEtpdCBkb2N1bWVudGF0aW9uIHBvbGljeSBzaWduZXIsIG5vYm9keSBob2xkcyBpdHMga2V5MB4XDTI2MTEyMjIyMTAxMFoXDTM2MTExOTIyMTAxMFowRDFCMEAGA1UEAww5VEVFIEtpdCBkb2N1bWVudGF0aW9uIHBvbGljeSBzaWduZXIsIG5vYm9keSBob2xkcyBpdHMga2V5MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEAmqpUrhnffIUV8a0CqyTM2dlsZvLwQAbGAuxWKXtj945nij6ccfHnl1sP06gXVbG1N5tjQf4UjokosF2BnrlxgTmvVqmmNphiVKUNToSBpfVutqhKABt8lfHT56UKHyUZctaFKzlWqtNxd+x984wCyPqTDoTYqZzlVzdU0nCnhZ1X+/KWGeTjX/I36z5zxG9OAQVzOcoUgArPMX8/Til0j6L99VbYk68XiMew/3lmSrMTm60JssQHx1z38MKhUrBVIimg8YgEGhVCcZ+fUVwRxCnrypQf1D/kkvYfz6JN+7gjTNs1rPJa7lnjxN8E0R+UF20bLYs+EVSVM4cmWX33ZU5PQzjrJhihrgk+4wB/z84L5WuzHcox5LR0FZS16ZJf62F6tgTowo4hY8sYcD6Sv4LR+fzbz6mpZ/zVkkGo1bCRpVoM56CxWxtaP1ajn3JxIVcCRiQuCJae8DxOt+AOTB9zSIZ/MRchuJAuKYlsGq3AnIUBNfvpDkcV84E2BzpRAgMBAAGjUzBRMB0GA1UdDgQWBBQxYN+futWrPzwXkcyh40aBDkXLHzAfBgNVHSMEGDAWgBQxYN+futWrPzwXkcyh40aBDkXLHzAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBgQACOg8r9MQV1gPrOTTrrTzBxxD5AdsOosBW77BhT6/9QBFrVwdoR5xiBuybhuAgHKL4sXkxNOyujFIrvwAAYaO6rwCDjJB5O7nOUKCTVGz9h7p4cwRyTlohBu0txCQOPygSQY96a0h8s7XB4hRF2jAYdiks9hrDuRIRm9jrZuDFO/wPplNKvXBdTq11HAKucIFMTOq5Twjr3HZ8mhF1HAv2o30Oh9+iGI0x5wbhgkzUyofzZI6/xvDeirdegztj1TrcD88/v9jnuxz6JEhRRvm28ZtZYW1a6m1inDuqWFd5/aqvfFoBg0deGZzXStK8gKW5A5ReApcF+gmaB6l7ORfd0NftCGMdRcWDQDe1oIJFBETfQNRm1+XaJRMX/5Qynf9Sfl4pYFKDCXQnAFLQo7FEkWBxg2Q8gFTcvBgQ9kt1pHcUrjfBHII0cT4T7abCEOXTn7/VbGXsvN4Siz+ST7jikRCmrZn+9uKNx3orsW2bYoWu/to0fysboFJfTAahiII=';

const placement = WORKLOAD.clouds.azure as AzurePlacement;

/** The fixture workload with a signing certificate that parses. */
export const AZURE_WORKLOAD: Workload = { ...WORKLOAD, clouds: { ...WORKLOAD.clouds, azure: { ...placement, attestationPolicySigners: [SIGNER] } } };

/** Runs a program with no engine and returns what it registered. */
export function execute(program: () => void): Promise<Preview> {
  return executeProgram({ project: 'tee-kit', stack: 'azure', config: {}, program });
}

/** The shipped Azure program on a workload. Executed once per jest run for each workload and kept in the run's own folder: read only. */
export async function preview(workload: Workload = AZURE_WORKLOAD, options: AzureOptions = {}): Promise<Preview> {
  const folder = process.env['TEE_KIT_TEST_SHIPPED'];
  if (!folder) return execute(() => deploy(workload, options));
  const file = join(folder, `azure-${createHash('sha256').update(JSON.stringify([workload, options])).digest('hex').slice(0, 16)}.json`);
  if (!existsSync(file)) {
    const run = await execute(() => deploy(workload, options));
    // Another worker may be at the same: whoever renames last wins, with the same bytes.
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(run));
    renameSync(`${file}.${process.pid}`, file);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Preview;
}

/** `pulumi stack export`, as far as the kit reads it. */
export interface Export {
  readonly version: 3;
  readonly deployment: { readonly resources: { readonly urn: string; readonly type: string; readonly id: string; inputs: Readonly<Record<string, unknown>>; outputs: Readonly<Record<string, unknown>>; readonly protect?: boolean }[] };
}

/** What the engine would have recorded had the provider created everything as asked: literal ids, outputs like inputs. */
export function exportOf(run: Preview): Export {
  const account = (inputs: Readonly<Record<string, unknown>>): string => `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/${String(inputs['resourceGroupName'])}/providers/Microsoft.Storage/storageAccounts/${String(inputs['accountName'])}`;
  return {
    version: 3,
    deployment: {
      resources: run.steps.map(({ urn, newState: { type, inputs, protect } }) => ({
        urn, type, inputs, outputs: inputs, id: type.endsWith(':StorageAccount') ? account(inputs) : `id-of-${urn.split('::').at(-1) ?? ''}`, ...(protect ? { protect } : {}),
      })),
    },
  };
}

/** The inputs of the one resource of a type and name. */
export function inputsOf(run: Preview, type: string, name: string): Readonly<Record<string, unknown>> {
  const found = run.steps.filter((step) => step.newState.type === type && step.urn.endsWith(`::${name}`));
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${name}; there are ${run.steps.filter((step) => step.newState.type === type).map((step) => step.urn).join(' ')}`);
  return found[0]!.newState.inputs;
}

/** What the compliance core reads of an executed program. */
export function deploymentOf(run: Preview, workload: Workload | null = AZURE_WORKLOAD): Deployment {
  return new Deployment('azure', run.steps.map(({ urn, newState }) => {
    const { type, inputs, urn: _, custom: __, ...attributes } = newState;
    return pulumiResource('azure', 'preview.json', { urn, type, inputs: structuredClone(inputs) as Value, attributes: structuredClone(attributes) as Properties });
  }), workload, TODAY);
}
