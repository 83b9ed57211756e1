import { isAllow, namesEverybody, isBound, ownAccounts, shown, statements } from '../aws.js';
import { Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const own = ownAccounts(deployment);
  for (const type of ['AWS::Logs::SubscriptionFilter', 'AWS::Logs::AccountPolicy', 'AWS::Logs::DeliveryDestination']) {
    for (const subscription of deployment.ofType(type)) {
      const property = type === 'AWS::Logs::DeliveryDestination' ? 'DestinationResourceArn' : type === 'AWS::Logs::AccountPolicy' ? 'PolicyDocument' : 'DestinationArn';
      const value = subscription.properties[property];
      if (value === undefined) continue;
      if (value instanceof Unknown) {
        yield* outcomes(subscription, unknown(property, `where the records go is not known: ${value.reason}`));
        continue;
      }
      const foreign = typeof value === 'string' ? [...value.matchAll(/arn:[^:]*:[^:]*:[^:]*:(\d{12}):/g)].map((match) => match[1] as string).filter((account) => !own.has(account)) : [];
      yield* outcomes(subscription, foreign.length > 0 ? fail(property, `records go to account ${foreign.join(', ')}: ${shown(value)}`) : true);
    }
  }
  for (const policy of deployment.ofType('AWS::Logs::ResourcePolicy')) {
    const all = statements(policy.properties['PolicyDocument'], 'PolicyDocument');
    if (all instanceof Unknown) yield* outcomes(policy, unknown('PolicyDocument', all.reason));
    else yield* outcomes(policy, all.filter((statement) => isAllow(statement) && namesEverybody(statement) && !isBound(statement)).map((statement) => fail(statement.path, 'everybody may use the log groups')));
  }
};

export const rule = defineRule({
  id: 'log-not-exported',
  title: 'Logs go to nobody outside',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.312(a)(1)'],
  why: 'Audit records name patients\' records, keys and people. A copy elsewhere is outside the lock, the key and the agreement.',
  fix: {
    aws: 'Remove the subscription, or send it to a destination of the own accounts.',
  },
  checks: { aws },
});
