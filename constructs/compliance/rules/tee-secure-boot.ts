import { isAllow, statements, want } from '../aws.js';
import { guestPath, teeGuests, wants } from '../azure.js';
import { Unknown } from '../model.js';
import { phiKeys } from '../phi.js';
import { guestAt } from '../prove/azure/guests.js';
import { machines } from '../gcp.js';
import { type Check, defineRule, fail, outcomes, unknown, warn } from '../rule.js';

const PREFIX = 'kms:recipientattestation:';

/** An enclave is measured by its hypervisor whatever the template says; who signed the image is what a gate can leave out. */
const aws: Check = function* (deployment) {
  const measurements = Object.entries(deployment.workload?.measurements.aws ?? {}).filter(([, measurement]) => measurement.status === 'active');
  for (const key of phiKeys(deployment)) {
    const all = statements(key.properties['KeyPolicy'], 'KeyPolicy');
    if (all instanceof Unknown) {
      yield* outcomes(key, unknown('KeyPolicy', `the key policy is not known: ${all.reason}`));
      continue;
    }
    const gates = all.filter((statement) => isAllow(statement) && statement.conditions.some(({ key: name }) => name.startsWith(PREFIX)));
    if (gates.length === 0) continue;
    yield* outcomes(key, gates.flatMap((statement) => {
      const value = (pcr: string): readonly string[] => statement.conditions.filter(({ key: name }) => name === `${PREFIX}${pcr}`).flatMap(({ values }) => values.map((text) => text.toLowerCase()));
      return measurements.flatMap(([handle, measurement]) => {
        if (measurement.kind === 'nitro-tpm') {
          return value('nitrotpmpcr4').includes(measurement.pcrs.PCR4) && value('nitrotpmpcr7').length === 0
            ? [fail(statement.path, `release ${handle} is admitted without NitroTPMPCR7: secure boot may be off`)] : [];
        }
        const admitted = [...value('pcr0'), ...value('imagesha384')].includes(measurement.pcrs.PCR0);
        if (!admitted || value('pcr8').length > 0) return [];
        return measurement.pcrs.PCR8 === undefined
          ? [warn(statement.path, `release ${handle} is not signed: PCR8 says nothing about who built it`)]
          : [fail(statement.path, `release ${handle} is signed, but its PCR8 is not in the gate`)];
      });
    }));
  }
};

const azure: Check = function* (deployment) {
  for (const guest of teeGuests(deployment)) {
    yield* outcomes(guest, [['secureBootEnabled', 'unsigned boot code starts'], ['vTpmEnabled', 'nothing measures what starts']].flatMap(([name = '', why = '']) => {
      const path = `securityProfile.uefiSettings.${name}`;
      return wants(guestAt(guest, path), guestPath(guest, path), true, why);
    }));
  }
};

const gcp: Check = function* (deployment) {
  for (const machine of machines(deployment)) {
    yield* outcomes(machine, [
      ...want(machine, 'shieldedInstanceConfig.enableSecureBoot', true, 'unsigned boot code starts'),
      // The provider turns these two on where nothing is said.
      ...want(machine, 'shieldedInstanceConfig.enableVtpm', true, 'nothing measures the boot, and SEV attests by the virtual TPM', true),
      ...want(machine, 'shieldedInstanceConfig.enableIntegrityMonitoring', true, 'a changed boot chain shows nowhere', true),
    ]);
  }
};

export const rule = defineRule({
  id: 'tee-secure-boot',
  title: 'Secure boot and a virtual TPM are on',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(c)(1)', '45 CFR 164.312(c)(2)', '45 CFR 164.308(a)(5)(ii)(B)'],
  why: 'Without measured boot the attestation says nothing about the software that started.',
  fix: {
    aws: 'Use AttestableInstance (AMI with TpmSupport v2.0 and BootMode uefi), or an enclave image with PCR8 signing.',

    azure: 'Use ConfidentialVm, or securityProfile.uefiSettings secureBootEnabled and vTpmEnabled true.',

    gcp: 'Use ConfidentialVm, or shieldedInstanceConfig enableSecureBoot, enableVtpm and enableIntegrityMonitoring true.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
