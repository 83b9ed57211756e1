import { hostValue, list, shown, teeHosts } from '../aws.js';
import { guestPath, teeGuests } from '../azure.js';
import { at, type Deployment, findUnknown, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { guestAt } from '../prove/azure/guests.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown, type Verdict, warn } from '../rule.js';
import { bootImages, machines, runsConfidentialSpace } from '../gcp.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const host of teeHosts(deployment)) {
    const path = `${host.prefix}ImageId`;
    const image = hostValue(deployment, host, 'ImageId');
    const approved = deployment.workload?.clouds?.aws?.image;
    if (image instanceof Unknown) yield* outcomes(host.resource, unknown(path, `ImageId is not in the artifact: ${image.reason}`));
    else if (typeof image !== 'string' || !/^ami-[0-9a-f]{8,17}$/.test(image)) yield* outcomes(host.resource, fail(path, `ImageId is ${shown(image)}; a pinned image is ami-…`));
    else yield* outcomes(host.resource, approved !== undefined && image !== approved ? fail(path, `ImageId is ${shown(image)}; the workload file says ${approved}`) : true);
    const volumes = list(hostValue(deployment, host, 'BlockDeviceMappings'));
    if (!(volumes instanceof Unknown)) for (const [index, volume] of volumes.entries()) {
      if (at(volume, 'Ebs.SnapshotId') !== undefined) yield* outcomes(host.resource, unknown(`${host.prefix}BlockDeviceMappings[${index}].Ebs.SnapshotId`, 'what the snapshot puts on the host is not in the artifact'));
    }
  }
};

/** Three or four numbers; `latest` and anything else moves. */
const EXACT_VERSION = /^\d+\.\d+\.\d+(\.\d+)?$/;

function azureImage(deployment: Deployment, guest: Resource): Verdict {
  const path = guestPath(guest, 'storageProfile.imageReference');
  const image = guestAt(guest, 'storageProfile.imageReference');
  const gap = findUnknown(image);
  if (gap) return unknown(path, `the image is not known: ${gap.reason}`);
  const id = at(image, 'id') ?? at(image, 'sharedGalleryImageId');
  if (at(image, 'communityGalleryImageId') !== undefined) return fail(`${path}.communityGalleryImageId`, 'an image of a community gallery: its publisher changes it');
  const plan = purchasePlan(deployment, guest);
  if (typeof id === 'string') {
    if (/\/images\/[^/]+\/versions\/\d+\.\d+\.\d+$/i.test(id)) {
      const home = deployment.workload?.clouds.azure?.subscription;
      const of = /^\/subscriptions\/([^/]+)\//i.exec(id)?.[1];
      const named = deployment.workload?.clouds.azure?.image;
      if (named !== undefined) return unknown(`${path}.id`, `${shown(id)} is another image than ${named.publisher} ${named.offer} ${named.sku} of the workload file: what it holds is not in the artifact`);
      if (home === undefined || of?.toLowerCase() === home.toLowerCase()) return plan.length > 0 ? plan : true;
      return unknown(`${path}.id`, `${shown(id)} is an image of another subscription or directory: who can replace it is not in the artifact`);
    }
    return /\/galleries\//i.test(id) || /\/versions\//i.test(id)
      ? fail(`${path}.id`, `${shown(id)} names no version of the gallery image: the newest one starts`)
      : unknown(`${path}.id`, `${shown(id)} is not a version of a gallery image: whether it can be replaced is not in the artifact`);
  }
  const version = at(image, 'version');
  if (typeof version !== 'string' || !EXACT_VERSION.test(version)) return fail(`${path}.version`, `version is ${shown(version)}: the image changes without review`);
  const named: Readonly<Record<string, string>> | undefined = deployment.workload?.clouds.azure?.image;
  return [...plan, ...Object.entries(named ?? {}).flatMap(([name, value]) => {
    const own = at(image, name);
    return typeof own === 'string' && own.toLowerCase() === value.toLowerCase() ? [] : [fail(`${path}.${name}`, `${name} is ${shown(own)}, the workload file says ${shown(value)}`)];
  })];
}

/** The plan of a marketplace image: another publisher than that of the workload file means another image. */
function purchasePlan(deployment: Deployment, guest: Resource): Defect[] {
  const plan = guest.properties['plan'] ?? guestAt(guest, 'plan');
  if (plan === undefined || plan === null) return [];
  const publisher = at(plan, 'publisher');
  const named = deployment.workload?.clouds.azure?.image.publisher;
  return named === undefined || (typeof publisher === 'string' && publisher.toLowerCase() === named.toLowerCase()) ? [] : [(publisher instanceof Unknown ? unknown : fail)('plan', `the plan is of publisher ${shown(publisher)}, the workload file says ${shown(named)}`)];
}

const azure: Check = function* (deployment) {
  for (const guest of teeGuests(deployment)) yield* outcomes(guest, azureImage(deployment, guest));
};

function* unpinned(deployment: Deployment, machine: Resource): Iterable<Defect> {
  const placement = deployment.workload?.clouds.gcp;
  const approved = [placement?.image, placement?.gatewayImage].filter((image) => image !== undefined);
  const images = bootImages(machine);
  if (images.length === 0) yield unknown('bootDisk', 'no boot image is declared');
  for (const { path, image } of images) {
    if (image instanceof Unknown) { yield unknown(path, `the image is not known: ${image.reason}`); continue; }
    if (typeof image !== 'string' || image === '') { yield fail(path, `the image is ${shown(image)}`); continue; }
    const name = image.replace(/^https:\/\/(www|compute)\.googleapis\.com\/compute\/[^/]+\//, '');
    const listed = approved.includes(name);
    if (placement && !listed) yield fail(path, `${shown(image)} is not an image of the workload file (${approved.join(', ')})`);
    // The family of production images, where the workload file says so: attestation admits its supported versions only.
    else if (listed && name === 'projects/confidential-space-images/global/images/family/confidential-space') continue;
    else if (/\/family\//.test(name) || !/^(projects\/[^/]+\/)?global\/images\/[^/]+$/.test(name)) yield (listed ? warn : fail)(path, `${shown(image)} is not one exact image: another one starts tomorrow`);
  }
  if (!runsConfidentialSpace(machine)) return;
  const path = 'metadata.tee-image-reference';
  const reference = at(machine.properties['metadata'], 'tee-image-reference');
  if (reference instanceof Unknown) yield unknown(path, `the container is not known: ${reference.reason}`);
  else if (typeof reference !== 'string' || !/@sha256:[0-9a-f]{64}$/.test(reference)) yield fail(path, `${shown(reference)} names no digest: a tag moves`);
}

const gcp: Check = function* (deployment) {
  for (const machine of machines(deployment)) yield* outcomes(machine, [...unpinned(deployment, machine)]);
};

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

    gcp: 'Use ConfidentialSpace with an image by name and tee-image-reference by sha256 digest; no other image family, no tag.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
