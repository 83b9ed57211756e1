import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The cdk-nag packs that the kit passes, as name spaces of acknowledgement ids. */
const PACKS = ['HIPAA.Security', 'NIST.800.53.R5'] as const;

/**
 * Acknowledges one cdk-nag rule on one construct, in every pack that has it. The namespaced form is the only one that
 * the validation report lists with its reason.
 */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  for (const pack of PACKS) Validations.of(construct).acknowledge({ id: `${pack}::${pack}-${rule}`, reason });
}
