import { phiBuckets, phiTables } from '../../aws.js';
import { type Deployment, type Resource } from '../../model.js';
import { allKeys, phiKeys, processesPhi } from '../../phi.js';
import { type Access, changersOf, ResourceAccess } from './access.js';

export interface SupportKey {
  readonly key: Resource;
  /** Uses and changes by principals that stand for everybody, or that are of other accounts; of a store's key, every direct use. */
  readonly accesses: readonly Access[];
}

/** What turns the data of a store into plaintext for a caller, with no service between that checks its own policy. */
const DIRECT = ['kms:Decrypt', 'kms:CreateGrant', 'kms:ReEncryptFrom'] as const;
const ACTIONS = ['kms:Decrypt', 'kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ReEncryptFrom', 'kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:EnableKey', 'kms:RevokeGrant'] as const;

/** The keys of a PHI deployment that are no PHI keys, and who uses them who should not. */
export function analyseSupportKeys(deployment: Deployment): readonly SupportKey[] {
  if (!processesPhi(deployment)) return [];
  const phi = new Set(phiKeys(deployment));
  const deployers = changersOf(deployment);
  const ofStores = new Set([...phiBuckets(deployment), ...phiTables(deployment)].flatMap(({ properties }) => deployment.targets(properties)));
  return allKeys(deployment).filter((key) => key.type === 'AWS::KMS::Key' && !phi.has(key)).map((key) => {
    const access = new ResourceAccess(deployment, key, [{ value: key.properties['KeyPolicy'], holder: key }], false);
    const accesses = access.callers.flatMap((caller) => {
      if (deployers.has(caller.arn) || caller.kind === 'service') return [];
      const stranger = caller.anyone || access.isForeign(caller);
      if (!stranger && !ofStores.has(key)) return [];
      for (const action of stranger ? ACTIONS : DIRECT) {
        // Through a service the use is the service's, and bound to what that service does with it: for own accounts only.
        const direct = access.isForeign(caller) || (caller.anyone && caller.account !== access.owner) ? {} : { 'kms:viaservice': undefined, 'aws:viaawsservice': ['false'], 'aws:calledvia': undefined };
        const found = access.ask(caller, action, access.target(), { ...direct, 'kms:calleraccount': [caller.account ?? ''] });
        if (found) return [found];
      }
      return [];
    });
    return { key, accesses };
  });
}
