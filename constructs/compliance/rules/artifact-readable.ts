import { type Deployment, Unknown } from '../model.js';
import { GAP } from '../read/template.js';
import { type Check, defineRule, type Outcome } from '../rule.js';

/** Types whose presence decides nothing. */
const HARMLESS = new Set(['AWS::CDK::Metadata']);

/** Azure resources that deploy or change others which the artifact does not show. */
const OPAQUE = /^azure-native:resources:(Deployment.*|Resource|AzureCliScript|AzurePowerShellScript)$/;

const check: Check = function* (deployment: Deployment): Iterable<Outcome> {
  let readable = true;
  for (const resource of deployment.resources) {
    const hidden = OPAQUE.test(resource.type) ? new Unknown(`${resource.type} deploys what the artifact does not show`) : resource.type === GAP ? resource.properties['reason'] : resource.attributes['Condition'];
    if (!(hidden instanceof Unknown) || HARMLESS.has(resource.type)) continue;
    readable = false;
    yield { resource, status: 'unknown', path: resource.type === GAP || OPAQUE.test(resource.type) ? '' : 'Condition', message: hidden.reason };
  }
  if (readable && deployment.resources.length > 0) yield { resource: deployment.root, status: 'pass', path: '', message: '' };
};

export const rule = defineRule({
  id: 'artifact-readable',
  title: 'Everything in the artifact can be judged',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(A)', '45 CFR 164.308(a)(8)'],
  why: 'A macro, a missing nested stack, an undecidable condition or an incomplete preview may hold a way around every other rule.',
  fix: {
    aws: 'Check the cloud assembly that cdk synth writes, with nested stacks and without macros; give conditions literal values.',
    azure: 'Check a complete preview (pulumi preview --json --show-sames) or a stack export of azure-native resources.',
    gcp: 'Check a complete preview (pulumi preview --json --show-sames) or a stack export of gcp resources.',
  },
  checks: { aws: check, azure: check, gcp: check },
});
