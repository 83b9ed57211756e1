/**
 * The rules of the kit as a policy pack: `pulumi preview --policy-pack pulumi/policy-pack`.
 * Pulumi runs it in its own folder; `TEE_KIT_WORKLOAD` names another workload file than that of the checkout.
 */
import { PolicyPack } from '@pulumi/policy';
import { resolve } from 'node:path';
import { teeKitPolicies } from '../../constructs/compliance/adapters/policy-pack.js';
import { loadWorkload } from '../../constructs/workload/index.js';

const workload = loadWorkload(process.env['TEE_KIT_WORKLOAD'] ?? resolve('..', '..', 'workload.yaml'));

export const pack = new PolicyPack('tee-kit', teeKitPolicies({ workload }));
