import type { Deployment } from '../model.js';
import { analyseKeys } from '../prove/aws/keys.js';
import { reasonOn } from '../prove/azure/keys.js';
import { attestedKeys, attestedMembers } from '../prove/gcp/keys.js';
import { phiKeys } from '../phi.js';

/** Who may use a PHI key, attested. */
export interface KeyUse {
  readonly key: string;
  readonly principal: string;
  /** The build that has to be proved, or the kind of proof where any approved build will do. */
  readonly attestation: string;
}

/** The intended users of every PHI key: what the key proofs need not name, because it is no bypass. */
export function keyUsers(deployment: Deployment): readonly KeyUse[] {
  switch (deployment.cloud) {
    case 'aws': return analyseKeys(deployment).flatMap(({ key, users }) => users.map((user) => ({ key: key.id, ...user })));
    case 'azure': return phiKeys(deployment).flatMap((key) => reasonOn(deployment, key).identities.map(({ name }) => ({ key: key.id, principal: name, attestation: 'a guest that satisfies the release policy' })));
    case 'gcp': return attestedKeys(deployment).flatMap((key) => attestedMembers(deployment, key).map((principal) => ({ key: key.id, principal, attestation: 'a token that satisfies the pool\'s condition' })));
  }
}
