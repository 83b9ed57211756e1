import { hostValue, shown, teeHosts } from '../aws.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const host of teeHosts(deployment)) {
    const path = `${host.prefix}ImageId`;
    const image = hostValue(deployment, host, 'ImageId');
    if (image instanceof Unknown) yield* outcomes(host.resource, unknown(path, `ImageId is not in the artifact: ${image.reason}`));
    else yield* outcomes(host.resource, typeof image === 'string' && /^ami-[0-9a-f]{8,17}$/.test(image) ? true : fail(path, `ImageId is ${shown(image)}; a pinned image is ami-…`));
  }
};

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'tee-image-pinned',
  title: 'Images are pinned to one immutable version',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(c)(1)', '45 CFR 164.308(a)(5)(ii)(B)'],
  why: 'An image named by a moving alias changes without review, and its measurement with it.',
  fix: {
    aws: 'Use EnclaveFleet with image ami-… of the workload file and an enclave image by S3 version id; no SSM alias for the AMI.',

    azure: 'Use ConfidentialVm with an exact image version; never latest.',

    gcp: 'Use ConfidentialSpace with an image by name and tee-image-reference by sha256 digest; no image family, no tag.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
