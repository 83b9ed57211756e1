import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const type of ['AWS::IAM::AccessKey', 'AWS::IAM::ServiceSpecificCredential']) {
    for (const resource of deployment.ofType(type)) yield* outcomes(resource, fail('', `${type} is a credential without an end`));
  }
  for (const user of deployment.ofType('AWS::IAM::User')) yield* outcomes(user, user.properties['LoginProfile'] === undefined ? true : fail('LoginProfile', 'logs in with a password'));
  for (const anchor of deployment.ofType('AWS::RolesAnywhere::TrustAnchor')) yield* outcomes(anchor, fail('', 'a certificate from outside stands for a role, without any measurement'));
};

export const rule = defineRule({
  id: 'identity-no-static-credentials',
  title: 'No credential lies around',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(d)', '45 CFR 164.312(a)(2)(i)'],
  why: 'An access key or a console password has no end and no measurement: whoever finds it is the user.',
  fix: {
    aws: 'Use roles; delete AWS::IAM::AccessKey, and LoginProfile of AWS::IAM::User.',
  },
  checks: { aws },
});
