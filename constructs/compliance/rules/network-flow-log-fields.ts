import { Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const FIELDS = ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'start', 'end', 'action', 'log-status'];

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const log of deployment.ofType('AWS::EC2::FlowLog')) {
    const format = log.properties['LogFormat'];
    if (format === undefined) yield* outcomes(log, true);
    else if (typeof format !== 'string') yield* outcomes(log, unknown('LogFormat', format instanceof Unknown ? format.reason : 'is no text'));
    else {
      const names = new Set([...format.matchAll(/\$\{!?([\w-]+)\}/g)].map((match) => match[1]));
      const missing = FIELDS.filter((name) => !names.has(name));
      yield* outcomes(log, missing.length === 0 ? true : fail('LogFormat', `leaves out ${missing.join(', ')}`));
    }
  }
};

export const rule = defineRule({
  id: 'network-flow-log-fields',
  title: 'Flow logs say who spoke to whom, and when',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'A record without addresses, ports or times cannot be matched with a user\'s action.',
  fix: {
    aws: 'Leave LogFormat out, or keep srcaddr, dstaddr, srcport, dstport, protocol, start, end, action and log-status in it.',
  },
  checks: { aws },
});
