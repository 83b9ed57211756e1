import { phiBuckets, phiTables, retained, want } from '../aws.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const bucket of phiBuckets(deployment)) yield* outcomes(bucket, retained(bucket));
  for (const table of phiTables(deployment)) yield* outcomes(table, [...retained(table), ...want(table, 'DeletionProtectionEnabled', true, 'one call deletes it')]);
  if (!processesPhi(deployment)) return;
  for (const type of ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster']) for (const database of deployment.ofType(type)) yield* outcomes(database, want(database, 'DeletionProtection', true, 'one call deletes it'));
};

export const rule = defineRule({
  id: 'phi-store-retained',
  title: 'Stores of PHI stay when the stack goes',
  theme: 'confidential-vm',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(A)', '45 CFR 164.310(d)(2)(iii)'],
  why: 'A deleted stack, or a rename that replaces a resource, must not take the record of a patient with it.',
  fix: {
    aws: 'Use PhiStore, or DeletionPolicy and UpdateReplacePolicy Retain, and DeletionProtectionEnabled true on tables.',
  },
  checks: { aws },
});
