/** One statement of an IAM policy as plain data: policies of this kit are read by people before they are deployed. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | { readonly [kind in 'AWS' | 'Service']?: string | readonly string[] };
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | number | boolean | readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

export function policy(...statements: readonly (Statement | undefined)[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements.filter((statement) => statement !== undefined) };
}

export function allow(Sid: string, Principal: Statement['Principal'], Action: Statement['Action'], Resource: Statement['Resource'], Condition?: Statement['Condition']): Statement {
  return statement('Allow', Sid, Principal, Action, Resource, Condition);
}

export function deny(Sid: string, Principal: Statement['Principal'], Action: Statement['Action'], Resource: Statement['Resource'], Condition?: Statement['Condition']): Statement {
  return statement('Deny', Sid, Principal, Action, Resource, Condition);
}

function statement(Effect: Statement['Effect'], Sid: string, Principal: Statement['Principal'], Action: Statement['Action'], Resource: Statement['Resource'], Condition: Statement['Condition']): Statement {
  return { Sid, Effect, ...(Principal && { Principal }), Action, Resource, ...(Condition && { Condition }) };
}

/** Alphanumeric form of a name, as statement ids and logical ids require. */
export function sid(name: string): string {
  return name.replace(/(^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_all, _gap, letter: string) => letter.toUpperCase()).replace(/[^A-Za-z0-9]/g, '');
}

/** The trust policy of a role that one AWS service assumes, on behalf of one account where the service says for whom. */
export function trust(service: string, sourceAccount?: string): object {
  return {
    Version: '2012-10-17',
    Statement: [{
      Sid: 'ServiceOnly', Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole',
      ...(sourceAccount !== undefined && { Condition: { StringEquals: { 'aws:SourceAccount': sourceAccount } } }),
    }],
  };
}
