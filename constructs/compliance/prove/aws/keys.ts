import { deployersOf, ownAccounts } from '../../aws.js';
import { at, type Deployment, isList, perDeployment, type Resource, strings, Unknown } from '../../model.js';
import { phiKeys } from '../../phi.js';
import type { GateChanger, KeyProof, Witness } from '../types.js';
import type { ContextValue } from './iam/condition.js';
import { Budget, type FixedContext, type Found, type Policies, prepare, type Prepared, type Principal, type Question, search } from './iam/evaluate.js';
import { callers } from './iam/identities.js';
import { type Identity, Landscape } from './iam/landscape.js';
import { Names, parsePolicy, type Statement } from './iam/policy.js';
import { type AttestationState, ATTESTABLE, ATTESTATION_PREFIX, attestationStates, buildsOf, isAttestationKey, isDigest, mixedStates } from './measurements.js';

/** Operations that give the caller plaintext or a plaintext data key and can carry an attestation document. */
const RELEASING = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair', 'kms:DeriveSharedSecret'] as const;
/** Gives plaintext under another key, and never carries an attestation document. */
const RE_ENCRYPT = 'kms:ReEncryptFrom';
/** Operations that open another way to the key material; a third guard denies them to everybody. */
const SIDE_DOORS = [RE_ENCRYPT, 'kms:CreateGrant', 'kms:ReplicateKey', 'kms:ImportKeyMaterial'] as const;
/** Operations that change the gate or take the key away. */
const GATE_MOVES = ['kms:PutKeyPolicy', 'kms:CreateGrant', 'kms:ReplicateKey', 'kms:UpdatePrimaryRegion', 'kms:ImportKeyMaterial', 'kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:UpdateAlias'] as const;
/** Moves that a fifth guard denies to all but the deployment and break-glass roles. */
const CHANGES = ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:DisableKey'] as const;
/** Moves after which un-attested code can read, whoever makes them. */
export const OPENING: ReadonlySet<string> = new Set<string>(['kms:PutKeyPolicy', 'kms:ReplicateKey']);

/** Statements evaluated per key after which the verdict is unknown: seconds. A fully guarded key takes some tens of thousands. */
const BUDGET = 6_000_000;

/** Guards of a key: conditioned Allow, Deny of the un-attested, Deny of the side doors, named principals only, Deny of gate changes to all others. */
const GUARDS = 5;

/** One way of changing the gate, with what the rule needs to judge it. */
export interface GateChange extends GateChanger {
  readonly action: string;
  /** Why it should not be; empty for the principals that the workload file names for it. */
  readonly problem: string;
  /** False where it hangs on values that the artifact does not tell. */
  readonly certain: boolean;
}

/** All that is known about one key: the proof, and what the rules on measurements and gate changes use. */
export interface KeyAnalysis {
  readonly key: Resource;
  readonly proof: KeyProof;
  readonly gateChanges: readonly GateChange[];
  /** States other than absent that get the key and should not: debug, revoked, unlisted. */
  readonly admitted: readonly { readonly state: string; readonly witness: Witness; readonly certain: boolean }[];
  /** Guards that are lost, one line for each way. The Deny statements of a guard are judged without the help of the others. */
  readonly lost: {
    readonly allow: readonly string[];
    readonly unattested: readonly string[];
    readonly sideDoors: readonly string[];
    readonly principals: readonly string[];
    readonly gateChange: readonly string[];
  };
  /** Builds whose PCRs the policy lets mix. */
  readonly mixed: readonly string[];
  /** Active builds of the workload file that no caller can use the key from. */
  readonly refused: readonly string[];
  readonly statements: readonly Statement[];
  /** Who gets plaintext from which approved build. Computed when it is read. */
  readonly users: readonly KeyUser[];
  /** What the key's Deny statements leave open, one line for each way; the Allow may still refuse it. */
  readonly open: {
    /** Principals besides those that the gate admits. */
    readonly others: readonly string[];
    /** Networks besides the KMS endpoints of the artifact. */
    readonly networks: readonly string[];
    /** Encryption contexts besides the workload's. */
    readonly contexts: readonly string[];
    /** Who may put a policy with KMS's lockout check bypassed. */
    readonly lockout: readonly string[];
    /** Ways in which the break-glass role changes the gate without MFA, or long after it. */
    readonly breakGlass: readonly string[];
  };
}

/** One way in which a key is meant to be used. */
export interface KeyUser {
  readonly principal: string;
  /** Name of the build in the workload file; without one, a measurement that the policies name. */
  readonly attestation: string;
}

/** Analyses every PHI key of a deployment, once. */
export const analyseKeys = perDeployment((deployment): readonly KeyAnalysis[] => {
  const names = new Names(deployment);
  const phi = phiKeys(deployment);
  // A replica holds the same key material, whatever its own tag says.
  const replicas = deployment.ofType('AWS::KMS::ReplicaKey').filter((replica) => !phi.includes(replica) && phi.some((key) => deployment.refersTo(replica.properties['PrimaryKeyArn'], key)));
  const keys = [...phi, ...replicas];
  if (keys.length === 0) return [];
  const landscape = new Landscape(deployment, names, [...RELEASING, ...SIDE_DOORS, ...GATE_MOVES]);
  const outside = deployment.resources.filter(mayChangeKeysOutside);
  return keys.map((key) => new Analysis(deployment, names, landscape, outside, key).run());
});

export function proveKeys(deployment: Deployment): readonly KeyProof[] {
  return analyseKeys(deployment).map(({ proof }) => proof);
}

/** Longest time after MFA in which break-glass may act, in seconds: the hour that an AWS role session lasts by default. */
const LONGEST_MFA_SECONDS = 3600;

const listed = (way: string | null): string[] => (way === null ? [] : [way]);

function toEverybody(statement: Statement): Statement {
  const { principal } = statement;
  return principal && !principal.not && principal.entries.some(({ kind, value }) => kind === 'AWS' && value === '*') ? { ...statement, principal: { not: false, entries: [{ kind: 'Any', value: '*' }] } } : statement;
}

const mentions = ({ conditions }: Statement, pattern: RegExp): boolean => conditions.some(({ key }) => pattern.test(key));

/** What KMS uses when a template gives no policy or an empty one: the account decides by IAM alone. */
const DEFAULT_POLICY = (account: string) => ({ Statement: [{ Sid: 'default policy of a key without KeyPolicy', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }] });

const isKmsGrant = ({ type }: Resource): boolean => /kms/i.test(type) && /grant/i.test(type) && !/^AWS::(IAM::|KMS::(Replica)?Key$)/.test(type);
const mayChangeKeysOutside = (resource: Resource): boolean => isKmsGrant(resource) || resource.type.startsWith('Custom::') || resource.type === 'AWS::CloudFormation::CustomResource';

interface Outcome {
  readonly found: Found;
  readonly certain: boolean;
}

/** One caller and action, and the answer where no condition asks for what a state presents. */
interface Asked {
  readonly fixed: ReadonlyMap<string, ContextValue>;
  readonly prepared: Prepared;
  always?: Outcome | null;
}

class Analysis {
  private readonly account: string;
  private readonly policies: Policies;
  private readonly callers: readonly Principal[];
  private readonly states: readonly AttestationState[];
  /** Accounts that belong to the deployment; null where no workload file names any. */
  private readonly accounts: ReadonlySet<string> | null;
  /** Context keys that any statement mentions. */
  private readonly mentioned: ReadonlySet<string>;
  private readonly budget = new Budget(BUDGET);
  private readonly notes = new Set<string>();
  private readonly reasons: string[] = [];
  /** Reasons for unknown; the verdict is unknown as soon as there is one and no certain witness. */
  private readonly doubts: string[] = [];
  private witness: Witness | null = null;

  constructor(
    private readonly deployment: Deployment, private readonly names: Names, private readonly landscape: Landscape,
    /** Resources that may change a key outside its policy. */
    private readonly outside: readonly Resource[], private readonly key: Resource,
  ) {
    this.account = names.account(key);
    let resource = parsePolicy(key.properties['KeyPolicy'], 'KeyPolicy', names, key);
    if (resource.length === 0) resource = parsePolicy(DEFAULT_POLICY(this.account), 'KeyPolicy', names, key);
    this.policies = { account: this.account, resourceArn: names.arn(key), resource };
    const identities = landscape.relevant(this.policies.resourceArn, resource);
    const everything = [...resource, ...identities.flatMap(({ identity, boundary }) => [...(identity === 'any' ? [] : identity), ...(boundary ?? [])])];
    this.mentioned = new Set(everything.flatMap(({ conditions }) => conditions.map(({ key }) => key)));
    const workload = deployment.workload;
    const named = [...this.deployers(), ...(workload?.keyAdministrators?.aws ?? []), ...(workload?.breakGlass?.aws ? [workload.breakGlass.aws] : [])].filter((one) => typeof one === 'string');
    this.callers = callers(this.account, resource, identities, named);
    this.accounts = workload === null ? null : new Set([this.account, ...ownAccounts(deployment)]);
    this.states = attestationStates(everything, buildsOf(workload, deployment.today));
  }

  run(): KeyAnalysis {
    const admitted = this.releases();
    const gateChanges = this.gateChanges();
    this.materialOutside();
    const { guards, lost } = this.guards();
    const mixed = this.mixed();
    this.malformedMeasurements();
    const open = this.open();
    if (this.budget.spent) this.doubts.push(`more than ${BUDGET} statements evaluated: policies too large to decide`);
    for (const note of this.notes) this.doubts.push(note);
    const verdict = this.witness ? 'bypassable' : this.doubts.length > 0 ? 'unknown' : 'gated';
    const refused = this.refused();
    const users = (): readonly KeyUser[] => this.users();
    // A late question for the users prepares anew; keeping this for every key costs more than all else together.
    this.prepared.clear();
    return {
      get users() { return users(); },
      key: this.key,
      proof: {
        cloud: 'aws', key: this.key.id, verdict, witness: this.witness, guards,
        canChangeTheGate: gateChanges.map(({ principal, via }) => ({ principal, via })),
        reasons: [...new Set([...this.doubts, ...this.reasons])],
      },
      gateChanges, admitted, lost, mixed, refused, statements: this.policies.resource, open,
    };
  }

  /** Roles that the workload lets change the policy at deployment. */
  private deployers(): readonly string[] {
    return deployersOf(this.deployment, this.account);
  }

  /** Context that the caller and the action fix. Everything else is the caller's choice: also its network, tags and encryption context. */
  private fixed(caller: Principal, action: string): Map<string, ContextValue> {
    const lower = action.slice('kms:'.length).toLowerCase();
    const isService = caller.kind === 'service';
    const fixed = new Map<string, ContextValue>();
    const set = (key: string, value: string | undefined): void => void fixed.set(key, value === undefined ? undefined : [value]);
    set('aws:principalisawsservice', String(isService));
    set('aws:principalservicename', isService ? caller.arn : undefined);
    set('aws:principalservicenameslist', isService ? caller.arn : undefined);
    set('aws:securetransport', 'true');
    set('aws:resourceaccount', this.account);
    if (isService) {
      set('aws:multifactorauthpresent', undefined);
      set('aws:principalarn', undefined);
    } else {
      set('aws:principalarn', caller.arn);
      set('aws:username', caller.kind === 'user' ? caller.arn.split('/').at(-1) : undefined);
      set('aws:principaltype', caller.arn.includes(':federated-user/') ? 'FederatedUser' : { role: 'AssumedRole', user: 'User', root: 'Account', federated: 'FederatedUser' }[caller.kind as 'role']);
      if (caller.account !== null) {
        set('aws:principalaccount', caller.account);
        set('kms:calleraccount', caller.account);
      }
    }
    // A key that KMS does not have, or that this operation does not carry, is absent from every request.
    for (const key of this.mentioned) {
      if (key.startsWith('kms:recipientattestation') && !(ATTESTABLE.has(lower) && isAttestationKey(key))) fixed.set(key, undefined);
      if (key.startsWith('kms:grant') && !lower.includes('grant')) fixed.set(key, undefined);
      if (key.startsWith('kms:encryptioncontext') && lower !== 'creategrant' && (GATE_MOVES as readonly string[]).includes(action)) fixed.set(key, undefined);
    }
    return fixed;
  }

  private readonly prepared = new Map<Principal, Map<string, Asked>>();

  /** A request that succeeds; `certain` unless that hangs on something the artifact does not tell. */
  private find(caller: Principal, action: string, state: FixedContext, question: Question = {}): Outcome | null {
    let actions = this.prepared.get(caller);
    if (!actions) this.prepared.set(caller, (actions = new Map()));
    const kind = question.allowAll ? `${action} allow all` : question.ignoreDeny ? `${action} ignore deny` : action;
    let asked = actions.get(kind);
    if (!asked) actions.set(kind, (asked = { fixed: this.fixed(caller, action), prepared: prepare(this.policies, caller, action, question) }));
    const { prepared } = asked;
    if (prepared.never) return null;
    // Only what a condition asks for; the attestation of an operation that carries none stays absent.
    const fixed = new Map<string, ContextValue>();
    let depends = false;
    for (const key of prepared.atoms.keys()) {
      const base = asked.fixed.has(key);
      if (state.has(key) && !(base && key.startsWith(ATTESTATION_PREFIX))) {
        fixed.set(key, state.get(key));
        depends = true;
      } else if (base) fixed.set(key, asked.fixed.get(key));
    }
    if (!depends && asked.always !== undefined) return asked.always;
    const request = { caller, action, fixed };
    const possible = search(this.policies, request, question, 'possible', this.budget, this.notes, prepared);
    const certain = possible && search(this.policies, request, question, 'certain', this.budget, this.notes, prepared);
    const outcome = certain ? { found: certain, certain: true } : possible && { found: possible, certain: false };
    if (!depends) asked.always = outcome;
    return outcome;
  }

  private report(result: Outcome, principal: string, action: string, attestation: string, suffix = ''): Witness {
    const witness: Witness = { principal, action, attestation, via: `${result.found.via}${this.described(result.found)}${suffix}` };
    if (result.certain) this.witness ??= witness;
    else this.doubts.push(`cannot rule out ${action} by ${principal} with attestation ${attestation} via ${witness.via}: it hangs on values that the artifact does not tell`);
    return witness;
  }

  /** The context that the caller has to choose, so that a reviewer can replay the request. */
  private described({ context }: Found): string {
    const chosen = [...context].filter(([key, value]) => value !== undefined && !/^aws:principal(arn|account|type|isaws|serv)|^aws:(resourceaccount|securetransport|username)|^kms:calleraccount/.test(key));
    return chosen.length === 0 ? '' : ` with ${chosen.map(([key, value]) => `${key}=${(value as readonly string[]).join(',')}`).join(' ')}`;
  }

  private releases(): KeyAnalysis['admitted'] {
    const admitted: { state: string; witness: Witness; certain: boolean }[] = [];
    for (const caller of this.callers) {
      for (const action of RELEASING) {
        for (const state of this.states) {
          // Approved code that a stranger in another account starts is not this deployment: attestation proves the code, not the tenant.
          const foreign = caller.anyone ? caller.account !== this.account : caller.account !== null && this.accounts !== null && !this.accounts.has(caller.account);
          if (state.approved && !foreign) continue;
          if (state.approved && caller.kind === 'service') continue;
          const result = this.find(caller, action, state.fixed);
          if (!result) continue;
          const witness = this.report(result, caller.name, action, state.name);
          if (!state.approved && state.name !== 'absent') admitted.push({ state: state.name, witness, certain: result.certain });
        }
      }
    }
    for (const caller of this.callers) {
      const reEncrypt = this.find(caller, RE_ENCRYPT, this.states[0]!.fixed);
      if (reEncrypt) this.report(reEncrypt, caller.name, RE_ENCRYPT, 'absent', ', to a key of its own');
    }
    return admitted;
  }

  /** Operations that no Deny stops when somebody holds a grant for them. */
  private readonly uncoveredByDeny = new Map<string, boolean>();
  /**
   * AWS KMS evaluates key policy, IAM policies and grants together, and an explicit Deny in any of them wins
   * (Developer Guide, "Troubleshooting AWS KMS permissions": a caller can be denied by an explicit DENY statement in the
   * key policy, IAM policy or grant). So a grant opens an operation unless the key policy denies it to every grantee.
   */
  private grantOpens(operation: string): boolean {
    let open = this.uncoveredByDeny.get(operation);
    if (open === undefined) {
      const states = operation === RE_ENCRYPT ? [this.states[0]!] : this.states.filter(({ approved }) => !approved);
      open = this.callers.some((caller) => states.some((state) => this.find(caller, operation, state.fixed, { allowAll: true }) !== null));
      this.uncoveredByDeny.set(operation, open);
    }
    return open;
  }

  private gateChanges(): GateChange[] {
    const changes: GateChange[] = [];
    const workload = this.deployment.workload;
    const deployers = new Set(this.deployers());
    const breakGlass = workload?.breakGlass?.aws;
    const administrators = new Set(workload?.keyAdministrators?.aws ?? []);
    const multiRegion = this.key.properties['MultiRegion'];
    const canReplicate = this.key.type === 'AWS::KMS::Key' && multiRegion !== undefined && multiRegion !== null && multiRegion !== false && multiRegion !== 'false';
    const none = this.states[0]!.fixed;
    for (const caller of this.callers) {
      for (const action of GATE_MOVES) {
        // Only a multi-Region primary key can be replicated or moved.
        if (/ReplicateKey|UpdatePrimaryRegion/.test(action) && !canReplicate) continue;
        if (action === 'kms:ImportKeyMaterial' && this.key.properties['Origin'] !== 'EXTERNAL') continue;
        const result = action === 'kms:CreateGrant' ? this.openingGrant(caller, none) : this.find(caller, action, none);
        if (!result) continue;
        // The account's root user stands for no role; it is named only where the policy admits it by name.
        if (caller.kind === 'root' && changes.some((one) => one.action === action && one.principal.startsWith('any '))) continue;
        const expected = deployers.has(caller.arn) || caller.arn === breakGlass;
        let problem = workload === null || expected || (action === 'kms:UpdateAlias' && administrators.has(caller.arn)) ? '' : `${caller.name} is neither the deployment role nor the break-glass role`;
        if (caller.arn === breakGlass && action !== 'kms:UpdateAlias') {
          const withoutMfa = new Map<string, ContextValue>([...none, ['aws:multifactorauthpresent', undefined]]);
          if (this.find(caller, action, withoutMfa)) problem = 'the break-glass role can do it without MFA';
        }
        if (caller.anyone) problem = `${caller.name} can do it`;
        const grant = action === 'kms:CreateGrant';
        changes.push({ principal: caller.name, via: `${action} by ${result.found.via}`, action, problem, certain: result.certain });
        const opens = OPENING.has(action) || grant || action === 'kms:ImportKeyMaterial';
        const user = !expected && opens && this.states.some((state) => state.approved && RELEASING.some((release) => this.find(caller, release, state.fixed) !== null));
        if (opens && (caller.anyone || user || (grant && !expected))) this.report(result, caller.name, action, 'absent', grant ? ', then any of the granted operations without attestation' : ', then the key as it likes');
        else if (!result.certain && opens) this.doubts.push(`cannot rule out ${action} by ${caller.name} via ${result.found.via}`);
        if (opens && !caller.anyone) this.takeover(caller, action);
      }
    }
    this.customResources();
    return changes;
  }

  /** CreateGrant for an operation that no Deny takes back from the grantee. */
  private openingGrant(caller: Principal, none: FixedContext): ReturnType<Analysis['find']> {
    for (const operation of [...RELEASING, RE_ENCRYPT]) {
      const name = operation.slice('kms:'.length);
      if (!this.grantOpens(operation)) continue;
      for (const operations of [[name], [name, 'Encrypt'], [name, 'DescribeKey']]) {
        const result = this.find(caller, 'kms:CreateGrant', new Map<string, ContextValue>([...none, ['kms:grantoperations', operations]]));
        if (result) return result;
      }
    }
    return null;
  }

  /** A role that can open the gate is as strong as its trust policy. */
  private takeover(caller: Principal, action: string): void {
    const identity = this.landscape.byArn.get(caller.arn);
    if (!identity) return;
    for (const { label, who, anyone } of this.trusted(identity)) {
      if (!anyone) continue;
      const result = { found: { context: new Map<string, ContextValue>(), via: label }, certain: true };
      this.report(result, who, 'sts:AssumeRole', 'absent', `, then ${action} as ${identity.name}`);
    }
  }

  /** Who may assume a role: strangers only, named principals are the deployer's choice. */
  private trusted(identity: Identity): { readonly label: string; readonly who: string; readonly anyone: boolean }[] {
    const policies: Policies = { account: this.account, resourceArn: identity.arn, resource: identity.trust.map((one) => ({ ...one, resource: { not: false, patterns: ['*'] } })) };
    return callers(this.account, identity.trust, [], []).flatMap((caller) => {
      if (caller.kind === 'service' && caller.name !== 'any AWS service') return [];
      const ways = caller.kind === 'federated' ? ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'] : ['sts:AssumeRole'];
      const result = ways.map((action) => search(policies, { caller, action, fixed: this.fixed(caller, 'kms:none') }, {}, 'possible', this.budget, this.notes)).find((one) => one !== null);
      return result ? [{ label: result.via, who: caller.name, anyone: caller.anyone && caller.account !== this.account }] : [];
    });
  }

  /** Custom resources that call KMS after deployment, and grants as resources: what they do is not in the policy. */
  private customResources(): void {
    for (const resource of this.outside) {
      const isGrant = isKmsGrant(resource);
      if (!this.deployment.refersTo(resource.properties, this.key)) continue;
      const text = [...strings(resource.properties)].join('\n');
      const operations = at(resource.properties, 'Operations');
      if (isGrant && isList(operations) && operations.every((one) => typeof one === 'string')) {
        const opened = operations.find((one) => [...RELEASING, RE_ENCRYPT].some((action) => action === `kms:${one}` && this.grantOpens(action)));
        if (opened !== undefined) this.report({ found: { context: new Map(), via: resource.id }, certain: true }, `grantee of ${resource.id}`, `kms:${String(opened)}`, 'absent');
      } else if (isGrant || /putkeypolicy|creategrant|replicatekey|importkeymaterial/i.test(text)) {
        this.doubts.push(`${resource.id} (${resource.type}) changes the key outside its policy`);
      }
    }
  }

  private materialOutside(): void {
    const origin = this.key.properties['Origin'];
    if (origin === undefined || origin === null || origin === 'AWS_KMS') return;
    if (origin === 'EXTERNAL') this.report({ found: { context: new Map(), via: 'Origin EXTERNAL' }, certain: true }, 'whoever holds the imported key material', 'decryption outside KMS', 'absent');
    else this.doubts.push(`Origin ${JSON.stringify(origin)}: whether the key material leaves KMS is not known`);
  }

  private guards(): { readonly guards: KeyProof['guards']; readonly lost: KeyAnalysis['lost'] } {
    const unapproved = this.states.filter(({ approved }) => !approved);
    const first = (actions: readonly string[], states: readonly AttestationState[]): string | null => {
      for (const caller of this.callers) for (const action of actions) for (const state of states) {
        const result = this.find(caller, action, state.fixed, { ignoreDeny: true });
        if (result) return `${action} by ${caller.name} with attestation ${state.name} via ${result.found.via}`;
      }
      return null;
    };
    const none = [this.states[0]!];
    const absent = [['attestation absent', none[0]!.fixed]] as const;
    const allow = first(RELEASING, unapproved) ?? first([RE_ENCRYPT], none);
    const deny = RELEASING.flatMap((action) => listed(this.passed([action], this.callers, unapproved.map(({ name, fixed }) => [`attestation ${name}`, fixed]), (statement) => statement.conditions.length === 0 || mentions(statement, /^kms:recipientattestation/))));
    const doors = SIDE_DOORS.flatMap((action) => listed(this.passed([action], this.callers, absent, () => true)));
    const bound = this.principalBound();
    const changers = new Set([...this.deployers(), this.deployment.workload?.breakGlass?.aws]);
    const strangers = this.callers.filter(({ arn, anyone, kind }) => (this.deployment.workload === null ? anyone : !changers.has(arn)) && kind !== 'root');
    const change = CHANGES.flatMap((action) => listed(this.passed([action], strangers, absent, () => true)));
    const told: readonly (readonly [guard: string, what: string, ways: readonly string[]])[] = [
      ['conditioned Allow', 'only a Deny stops', listed(allow)],
      ['Deny of the un-attested', 'no Deny would stop', deny],
      [`Deny of the side doors (${SIDE_DOORS.join(', ')})`, 'no Deny would stop', doors],
      ['named principals', '', listed(bound)],
      ['Deny of gate changes', 'no Deny would stop', change],
    ];
    const gone = told.filter(([, , ways]) => ways.length > 0);
    this.reasons.push(...gone.map(([guard, what, ways]) => `guard lost, ${guard}: ${what}${what === '' ? '' : ' '}${ways[0]}`));
    return {
      guards: { present: GUARDS - gone.length, expected: GUARDS },
      lost: { allow: listed(allow), unattested: deny, sideDoors: doors, principals: listed(bound), gateChange: change },
    };
  }

  /**
   * A request that the Deny statements of one kind let through, each kind judged without the help of the others. A Deny
   * to `{ AWS: "*" }` counts as one to everybody, as IAM's reference has it; the verdict itself does not rely on that
   * for services.
   */
  private passed(actions: readonly string[], among: readonly Principal[], contexts: readonly (readonly [name: string, context: FixedContext])[], kind: (statement: Statement) => boolean): string | null {
    const policies: Policies = { ...this.policies, resource: this.policies.resource.filter((statement) => statement.effect !== 'Allow' && kind(statement)).map(toEverybody) };
    for (const caller of among) for (const action of actions) {
      const prepared = prepare(policies, caller, action, { allowAll: true });
      const always = this.fixed(caller, action);
      for (const [name, context] of contexts) {
        const fixed = new Map(always);
        for (const [key, value] of context) if (!fixed.has(key) || !key.startsWith(ATTESTATION_PREFIX)) fixed.set(key, value);
        if (search(policies, { caller, action, fixed }, { allowAll: true }, 'possible', this.budget, this.notes, prepared)) return `${action} by ${caller.name} with ${name}`;
      }
    }
    return null;
  }

  private open(): KeyAnalysis['open'] {
    const approved = this.states.filter((state) => state.approved);
    const admitted = this.callers.filter((caller) => RELEASING.some((action) => approved.some((state) => this.find(caller, action, state.fixed) !== null)));
    if (admitted.length === 0) return { others: [], networks: [], contexts: [], lockout: this.lockout(), breakGlass: this.breakGlass() };
    const from = (name: string, values: Readonly<Record<string, ContextValue>>) => approved.map((state) => [name, new Map([...state.fixed, ...Object.entries(values)])] as const);
    // No service passes an attestation document on.
    const direct = { 'aws:viaawsservice': ['false'], 'kms:viaservice': undefined, 'aws:calledvia': undefined };
    const endpoints = this.deployment.ofType('AWS::EC2::VPCEndpoint').filter(({ properties }) => properties['ServiceName'] instanceof Unknown || /\.kms(-fips)?$/.test(String(properties['ServiceName'] as string)));
    const named = new Set(this.policies.resource.flatMap(({ conditions }) => conditions.flatMap(({ key, values }) => (key === 'aws:sourcevpce' ? values : []))));
    // Without an endpoint in the key's account a literal id may be the right one: no reference crosses accounts.
    const near = endpoints.some((endpoint) => this.names.account(endpoint) === this.account);
    const strange = [...named].filter((value): value is string => value !== null && !endpoints.some((endpoint) => this.deployment.refersTo(value, endpoint)) && (near || value.includes('${')));
    const networks = [
      ...from('no VPC endpoint', { ...direct, 'aws:sourcevpce': undefined, 'aws:sourcevpc': undefined }),
      ...['vpce-00000000000000000', ...strange].flatMap((id) => from(`VPC endpoint ${id}`, { ...direct, 'aws:sourcevpce': [id], 'aws:sourcevpc': ['vpc-00000000000000000'] })),
    ];
    const keys = [...this.mentioned].filter((key) => key.startsWith('kms:encryptioncontext'));
    // Each key that the gate demands on its own, the others as it wants them: a Deny for one of two leaves the other to the Allow.
    const right = Object.fromEntries(this.policies.resource.filter(({ effect }) => effect === 'Allow').flatMap(({ conditions }) => conditions).flatMap(({ key, operator, negated, values: [value] }) => (key.startsWith('kms:encryptioncontext:') && operator.startsWith('stringequals') && !negated && value ? [[key, [value]] as const] : [])));
    const demanded = Object.keys(right);
    const contexts = [
      ...from('no encryption context', Object.fromEntries(keys.map((key) => [key, undefined]))),
      ...from('another encryption context', Object.fromEntries(keys.map((key) => [key, ['fresh-value']]))),
      ...(demanded.length > 1 ? demanded.flatMap((key) => [...from(`no ${key}`, { ...right, [key]: undefined }), ...from(`another ${key}`, { ...right, [key]: ['fresh-value'] })]) : []),
    ];
    return {
      others: RELEASING.flatMap((action) => listed(this.passed([action], this.callers.filter((caller) => !admitted.includes(caller)), approved.map(({ name, fixed }) => [`attestation ${name}`, fixed]), (statement) => !mentions(statement, /^kms:(recipientattestation|encryptioncontext)|^aws:sourcevpc/)))),
      networks: RELEASING.flatMap((action) => listed(this.passed([action], admitted, networks, (statement) => mentions(statement, /^aws:sourcevpc/)))),
      contexts: RELEASING.flatMap((action) => listed(this.passed([action], admitted, contexts, (statement) => mentions(statement, /^kms:encryptioncontext/)))),
      lockout: this.lockout(),
      breakGlass: this.breakGlass(),
    };
  }

  private lockout(): string[] {
    const bypassed = new Map<string, ContextValue>([...this.states[0]!.fixed, ['kms:bypasspolicylockoutsafetycheck', ['true']]]);
    return this.callers.filter((caller) => this.find(caller, 'kms:PutKeyPolicy', bypassed) !== null).map(({ name }) => name);
  }

  private breakGlass(): string[] {
    const arn = this.deployment.workload?.breakGlass?.aws;
    const caller = arn === undefined ? undefined : this.callers.find((one) => one.arn === arn);
    if (!caller) return [];
    const none = this.states[0]!.fixed;
    const without: FixedContext = new Map<string, ContextValue>([...none, ['aws:multifactorauthpresent', undefined], ['aws:multifactorauthage', undefined]]);
    const late: FixedContext = new Map<string, ContextValue>([...none, ['aws:multifactorauthpresent', ['true']], ['aws:multifactorauthage', [String(LONGEST_MFA_SECONDS + 1)]]]);
    const moves = GATE_MOVES.filter((action) => /PutKeyPolicy|ScheduleKeyDeletion|DisableKey/.test(action));
    const able = moves.filter((action) => this.find(caller, action, none) !== null);
    return [
      ...able.filter((action) => this.find(caller, action, without) !== null).map((action) => `${action} without MFA`),
      ...able.filter((action) => this.find(caller, action, late) !== null).map((action) => `${action} more than ${LONGEST_MFA_SECONDS} s after MFA`),
      ...(able.length === 0 ? [] : [this.passed(able, [caller], [['no MFA', without]], (statement) => mentions(statement, /^aws:multifactorauth/))].flatMap((way) => (way === null ? [] : [`no Deny stops ${way}`]))),
    ];
  }

  /** Attestation proves the code, not who started it: the Allow must name principals, and only services may assume their roles. */
  private principalBound(): string | null {
    const approved = this.states.filter((state) => state.approved);
    for (const caller of this.callers) {
      for (const action of RELEASING) for (const state of approved) {
        const result = this.find(caller, action, state.fixed);
        if (!result) continue;
        if (caller.anyone) return `${caller.name} may call ${action} from approved code via ${result.found.via}`;
        const identity = this.landscape.byArn.get(caller.arn);
        if (!identity) continue;
        const trusted = this.trusted(identity)[0];
        if (trusted) return `${trusted.who} can assume ${identity.name} (${trusted.label})`;
        const taker = this.taker(identity);
        if (taker) return taker;
      }
    }
    return null;
  }

  private users(): KeyUser[] {
    const approved = this.deployment.workload === null ? this.measured() : this.states.filter((state) => state.approved);
    return this.callers.flatMap((caller) => approved.flatMap((state) => (
      RELEASING.some((action) => this.find(caller, action, state.fixed) !== null) ? [{ principal: caller.name, attestation: state.name }] : []
    )));
  }

  /** Without a workload file: one state for each measurement that a policy asks for, everything else as the caller likes. */
  private measured(): Pick<AttestationState, 'name' | 'fixed'>[] {
    return [...this.mentioned].filter((key) => isAttestationKey(key)).flatMap((key) => {
      const pcr = key.slice(ATTESTATION_PREFIX.length);
      const names = pcr === 'imagesha384' || pcr === 'pcr0' ? [`${ATTESTATION_PREFIX}imagesha384`, `${ATTESTATION_PREFIX}pcr0`] : [key];
      const values = new Set(this.policies.resource.flatMap(({ conditions }) => conditions.flatMap((one) => (one.key === key ? one.values : []))).map((value) => value?.toLowerCase()));
      return [...values].flatMap((value) => (value !== undefined && isDigest(value) ? [{ name: `${pcr === 'imagesha384' ? 'PCR0' : pcr.toUpperCase()} ${value}`, fixed: new Map(names.map((name) => [name, [value]])) }] : []));
    });
  }

  /** An identity of the artifact that can rewrite the trust of a role or pass it to a machine of its own. */
  private taker(role: Identity): string | null {
    for (const action of ['iam:UpdateAssumeRolePolicy', 'iam:PassRole']) {
      for (const identity of this.landscape.holding(action)) {
        if (identity === role) continue;
        const policies: Policies = { account: this.account, resourceArn: role.arn, resource: [{ effect: 'Allow', label: 'IAM', principal: { not: false, entries: [{ kind: 'AWS', value: this.account }] }, action: { not: false, patterns: ['*'] }, resource: { not: false, patterns: ['*'] }, conditions: [] }] };
        const result = search(policies, { caller: identity, action, fixed: this.fixed(identity, 'kms:none') }, {}, 'certain', this.budget, this.notes);
        if (result) return `${identity.name} can take over ${role.name} by ${action} (${result.via})`;
      }
    }
    return null;
  }

  private mixed(): string[] {
    const builds = buildsOf(this.deployment.workload, this.deployment.today);
    if (!builds) return [];
    return mixedStates(builds).flatMap(({ name, fixed, alone }) => {
      const admitted = (state: FixedContext): boolean => this.callers.some((caller) => RELEASING.some((action) => this.find(caller, action, state) !== null));
      return admitted(fixed) && !admitted(alone) ? [name] : [];
    });
  }

  private refused(): string[] {
    if (this.deployment.workload === null) return [];
    return this.states.filter((state) => state.approved && !this.callers.some((caller) => RELEASING.some((action) => this.find(caller, action, state.fixed) !== null))).map(({ name }) => name);
  }

  /** A value that KMS never presents: nobody knows what it was meant to release. */
  private malformedMeasurements(): void {
    for (const { label, conditions } of this.policies.resource) {
      for (const { key, operator, values } of conditions) {
        if (!isAttestationKey(key) || operator === 'null') continue;
        for (const value of values) {
          if (value !== null && operator !== 'stringlike' && !isDigest(value)) this.doubts.push(`${label}: ${JSON.stringify(value)} on ${key} is not 96 hex digits`);
        }
      }
    }
  }
}
