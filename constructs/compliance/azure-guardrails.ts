/** Deny policies of Azure Policy, as the guardrail rules need them: what is refused at deployment, whoever asks for it. */
import { lower } from './azure.js';
import { at, type Deployment, type Resource, Unknown } from './model.js';
import { processesPhi } from './phi.js';
import { type Arm, armOf, listAt } from './prove/azure/arm.js';
import { type Check, type Defect, fail, outcomes, unknown } from './rule.js';

/** What must be refused, by what a deny policy about it speaks of. */
export type Refusal = readonly [what: string, pattern: RegExp];

/** One deny policy that an assignment carries out. */
interface Carried {
  /** How an exemption names it, in lower case; undefined for a policy that is assigned by itself. */
  readonly reference: string | undefined;
  readonly text: string;
}

function carriedBy(deployment: Deployment, assignment: Resource, arm: Arm): readonly Carried[] | Unknown {
  const id = arm.normal(assignment.properties['policyDefinitionId']);
  if (id === undefined) return new Unknown('which policy is assigned cannot be told');
  const own = (type: string, property: string, wanted: string | undefined): Resource | undefined => deployment.ofType(type).find((resource) => arm.text(resource.properties[property])?.toLowerCase() === wanted);
  const definitionOf = (name: string | undefined): Resource | undefined => own('azure-native:authorization:PolicyDefinition', 'policyDefinitionName', name);
  const name = id.split('/').at(-1);
  const definition = definitionOf(name);
  const set = own('azure-native:authorization:PolicySetDefinition', 'policySetDefinitionName', name);
  const members = set ? listAt(set.properties, 'policyDefinitions') : [];
  if (members instanceof Unknown) return members;
  const found = definition
    ? [{ reference: undefined, definition }]
    : members.map((member) => ({ reference: lower(at(member, 'policyDefinitionReferenceId')), definition: definitionOf(arm.normal(at(member, 'policyDefinitionId'))?.split('/').at(-1)) }));
  return found.flatMap(({ reference, definition: one }) => (one && lower(at(one.properties, 'policyRule.then.effect')) === 'deny' ? [{ reference, text: JSON.stringify(at(one.properties, 'policyRule')) }] : []));
}

/** A check that enforced deny policies refuse each shape. An assignment that is off or leaves something out is judged where it stands. */
export function guardrails(refused: readonly Refusal[]): Check {
  return function* (deployment) {
    if (!processesPhi(deployment)) return;
    const arm = armOf(deployment);
    const enforced: string[] = [];
    const references = new Set<string>();
    const gaps: Defect[] = [];
    for (const assignment of deployment.ofType('azure-native:authorization:PolicyAssignment')) {
      const all = carriedBy(deployment, assignment, arm);
      if (all instanceof Unknown) { gaps.push(unknown('', all.reason)); continue; }
      const carried = all.filter(({ text }) => refused.some(([, pattern]) => pattern.test(text)));
      if (carried.length === 0) continue;
      const outside = listAt(assignment.properties, 'notScopes');
      const off = lower(assignment.properties['enforcementMode']) === 'donotenforce';
      yield* outcomes(assignment, [
        ...(off ? [fail('enforcementMode', 'enforcementMode is DoNotEnforce: nothing is refused')] : []),
        ...(outside instanceof Unknown || outside.length > 0 ? [fail('notScopes', 'leaves out scopes: what is deployed there is not refused')] : []),
      ]);
      for (const { reference } of carried) if (reference !== undefined) references.add(reference);
      if (!off) enforced.push(...carried.map(({ text }) => text));
    }
    for (const exemption of deployment.ofType('azure-native:authorization:PolicyExemption')) {
      const named = listAt(exemption.properties, 'policyDefinitionReferenceIds');
      const elsewhere = !(named instanceof Unknown) && named.length > 0 && named.every((one) => typeof one === 'string' && !references.has(one.toLowerCase()));
      if (!elsewhere) yield* outcomes(exemption, fail('', 'an exemption takes resources out of the guardrails'));
    }
    const missing = refused.filter(([, pattern]) => !enforced.some((text) => pattern.test(text))).map(([what]) => what);
    yield* outcomes(deployment.root, missing.length === 0 ? true : gaps.length > 0 ? gaps : fail('', `no enforced deny policy against ${missing.join(', ')}`));
  };
}
