/** Deny policies of Azure Policy, as the guardrail rules need them: what is refused at deployment, whoever asks for it. */
import { groupsInUse, lower } from './azure.js';
import { at, type Deployment, isList, type Resource, Unknown, type Value } from './model.js';
import { processesPhi } from './phi.js';
import { type Arm, armOf, covers, listAt } from './prove/azure/arm.js';
import { concerns, type DenyPolicy, effectOf, refuses, type Request } from './prove/azure/deny-policies.js';
import { type Check, type Defect, fail, outcomes, unknown } from './rule.js';

/** What must be refused, by requests that would do it. */
export type Refusal = readonly [what: string, requests: readonly Request[]];

/** A request for a resource of a type with some settings, by the alias after the type; `null` for one that is left out. */
export function request(type: string, settings: Readonly<Record<string, Value>> = {}, tracked = true): Request {
  return { type, tracked, fields: Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${type}/${name}`.toLowerCase(), value])) };
}

const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';
/** A request for the assignment of a built-in role. */
export function roleRequest(guid: string, settings: Readonly<Record<string, Value>> = {}): Request {
  return request(ASSIGNMENT, { roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${guid}`, ...settings }, false);
}

/** One deny policy that an assignment carries out. */
interface Carried extends DenyPolicy {
  /** How an exemption names it, in lower case; undefined for a policy that is assigned by itself. */
  readonly reference: string | undefined;
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
    ? [{ reference: undefined, definition, given: assignment.properties['parameters'] }]
    : members.map((member) => ({ reference: lower(at(member, 'policyDefinitionReferenceId')), definition: definitionOf(arm.normal(at(member, 'policyDefinitionId'))?.split('/').at(-1)), given: at(member, 'parameters') }));
  return found.flatMap(({ reference, definition: one, given }) => {
    if (!one) return [];
    const rule = at(one.properties, 'policyRule') ?? null;
    const mode = one.properties['mode'] ?? 'Indexed';
    return effectOf(rule, given, one.properties['parameters']) === 'deny' ? [{ reference, condition: at(rule, 'if') ?? null, mode: typeof mode === 'string' ? mode : '' }] : [];
  });
}

/** What keeps an assignment from refusing everywhere in the workload. */
function weaknesses(deployment: Deployment, assignment: Resource, arm: Arm): readonly Defect[] {
  const { enforcementMode, notScopes, overrides, resourceSelectors, scope } = assignment.properties;
  const where = arm.normal(scope);
  const groups = groupsInUse(deployment).map((group) => arm.idOf(group));
  const set = (value: Value | undefined, path: string, why: string): Defect[] => (value === undefined || value === null || (isList(value) && value.length === 0) ? [] : [(value instanceof Unknown ? unknown : fail)(path, why)]);
  return [
    ...(enforcementMode instanceof Unknown ? [unknown('enforcementMode', enforcementMode.reason)] : lower(enforcementMode) === 'donotenforce' ? [fail('enforcementMode', 'enforcementMode is DoNotEnforce: nothing is refused')] : []),
    ...set(notScopes, 'notScopes', 'leaves out scopes: what is deployed there is not refused'),
    ...set(overrides, 'overrides', 'changes the effect of its policies'),
    ...set(resourceSelectors, 'resourceSelectors', 'holds for some resources only'),
    ...(scope === undefined ? [] : where === undefined ? [unknown('scope', 'where it holds cannot be told')] : groups.some((group) => group !== undefined && !covers(where, group)) ? [fail('scope', `it holds at ${where}, not in the workload's group`)] : []),
  ];
}

/** A check that enforced deny policies refuse each shape. An assignment that is off or leaves something out is judged where it stands. */
export function guardrails(refused: readonly Refusal[]): Check {
  return function* (deployment) {
    if (!processesPhi(deployment)) return;
    const arm = armOf(deployment);
    const breakGlass = deployment.workload?.breakGlass.azure;
    // Whom the workload file names for it may change the gate.
    const wanted = refused.map(([what, requests]) => [what, requests.map((one) => (one.type === ASSIGNMENT && breakGlass !== undefined ? { ...one, spared: { [`${ASSIGNMENT}/principalId`.toLowerCase()]: breakGlass } } : one))] as const);
    const enforced: DenyPolicy[] = [];
    const references = new Set<string>();
    const gaps: Defect[] = [];
    for (const assignment of deployment.ofType('azure-native:authorization:PolicyAssignment')) {
      const all = carriedBy(deployment, assignment, arm);
      if (all instanceof Unknown) { gaps.push(unknown('', all.reason)); continue; }
      const carried = all.filter((policy) => wanted.some(([, requests]) => requests.some((one) => concerns(policy, one))));
      if (carried.length === 0) continue;
      const weak = weaknesses(deployment, assignment, arm);
      yield* outcomes(assignment, weak);
      for (const { reference } of carried) if (reference !== undefined) references.add(reference);
      // What is found where it stands is not found again as missing.
      if (weak.every(({ path }) => path !== 'enforcementMode' && path !== 'scope')) enforced.push(...carried);
      else if (weak.every(({ status }) => status === 'unknown')) gaps.push(...weak);
    }
    for (const exemption of deployment.ofType('azure-native:authorization:PolicyExemption')) {
      const named = listAt(exemption.properties, 'policyDefinitionReferenceIds');
      const elsewhere = !(named instanceof Unknown) && named.length > 0 && named.every((one) => typeof one === 'string' && !references.has(one.toLowerCase()));
      if (!elsewhere) yield* outcomes(exemption, fail('', 'an exemption takes resources out of the guardrails'));
    }
    const answers = wanted.map(([what, requests]) => { const each = requests.map((one) => refuses(enforced, one)); return [what, each.includes('no') ? 'no' : each.includes('unknown') ? 'unknown' : 'yes'] as const; });
    const named = (answer: string): string => answers.filter(([, one]) => one === answer).map(([what]) => what).join(', ');
    yield* outcomes(deployment.root, named('no') !== '' ? (gaps.length > 0 ? gaps : fail('', `no enforced deny policy against ${named('no')}, whatever name, place and other settings are chosen`))
      : named('unknown') !== '' ? unknown('', `whether the deny policies refuse ${named('unknown')} cannot be told`) : true);
  };
}
