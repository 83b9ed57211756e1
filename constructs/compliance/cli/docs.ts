/** docs/cli.md: what `--help` prints, with what a script can rely on. */
import { helpTexts } from './main.js';

/** What stands below the help of a command: exit codes in full and the contract of its output. */
const CONTRACTS: Readonly<Record<string, string>> = {
  synth: `Writes a cloud assembly to \`DIR/aws\`, \`DIR/azure/preview.json\` and \`DIR/gcp/preview.json\`, byte for byte the same for the
same workload file. No credentials, no cloud CLI, no network.

| exit | when |
|---|---|
| 0 | every gate holds |
| 1 | a rule fails or is undecided, or a proof does not hold; the artifacts are written |
| 2 | the workload file is refused (every error, one line each), or nothing could be synthesized |`,
  check: `| exit | when |
|---|---|
| 0 | no finding, or only exempt ones and warnings |
| 1 | a finding fails or is unknown |
| 2 | a path, the workload file or the exemptions cannot be read; the artifacts hold no resource of the three clouds |

\`--format json\`: \`{"version": 1, "summary": {"files", "resources", "rules", "passed", "failed", "unknown", "exempt", "warnings"}, "findings": [], "warnings": [], "exemptions": []}\`.

| field of a finding | |
|---|---|
| \`rule\` | id of [docs/rules.md](rules.md), stable |
| \`severity\` | \`critical\`, \`high\`, \`medium\`, \`low\` |
| \`status\` | \`fail\`, \`unknown\` (fails like a finding), \`exempt\` |
| \`cloud\`, \`resource\`, \`path\` | \`aws\`, \`azure\` or \`gcp\`; \`Stack/LogicalId\` or the URN; property path, \`""\` for the resource as a whole |
| \`message\`, \`fix\` | one line each |
| \`citations\` | \`45 CFR 164.…\`: safeguards that the rule supports, never satisfies |
| \`source\` | \`{"file", "line"}\` of the code that made the resource, or \`null\` |

An exemption has \`rule\`, \`resource\`, \`reason\`, \`owner\`, \`approver\`, \`expiry\`, \`source\`, \`kind\` (\`file\`, \`cdk-acknowledgement\`), \`state\`
(\`active\`, \`unused\`, \`expired\`, \`refused\`, \`proposed\`, \`foreign\`), \`note\` and \`hides\` (findings). Every output lists all of them, but for the two that list no findings (\`oscal-cd\`,
\`inventory\`). Acknowledgements of a CDK app are read from its assembly, have no expiry, and govern no change. The other formats: SARIF 2.1.0,
JUnit XML, OSCAL assessment results (\`oscal-ar\`) and component definition (\`oscal-cd\`), and \`inventory\` (CSV).

An exemptions file is a list; every entry has all six fields, and the last day is inclusive:

\`\`\`yaml
- rule: network-flow-logs
  resource: network/Vpc
  reason: Flow logs are delivered by the landing zone, ticket SEC-1042
  owner: platform@hospital.example
  approver: security@hospital.example
  expiry: 2027-03-31
\`\`\``,
  prove: `| exit | when |
|---|---|
| 0 | every PHI key is gated, the network closed, every log immutable, nothing unproved |
| 1 | anything else, "unknown" included |
| 2 | a path or the workload file cannot be read; the artifacts hold no resource of the three clouds |

\`--format json\`: \`{"version": 1, "keys": [], "network": {"verdict", "flows": [], "clouds": {}}, "logs": [], "unproved": []}\`.

| list | fields of an entry |
|---|---|
| \`keys\` | \`cloud\`, \`key\`, \`verdict\` (\`gated\`, \`bypassable\`, \`unknown\`), \`witness\` (\`principal\`, \`action\`, \`attestation\`, \`via\`; or \`null\`), \`guards\` (\`present\`, \`expected\`), \`canChangeTheGate\` (\`principal\`, \`via\`), \`reasons\` |
| \`network.flows\` | \`cloud\`, \`from\`, \`to\`, \`ports\`, \`status\` (\`expected\`, \`extra\`, \`missing\`, \`unknown\`), \`via\` |
| \`logs\` | \`cloud\`, \`log\`, \`verdict\` (\`immutable\`, \`mutable\`, \`unknown\`), \`days\` (or \`null\`), \`canWeaken\` (\`principal\`, \`via\`, and \`certain\` false where what is not known decides it), \`reasons\` |
| \`unproved\` | \`cloud\`, \`resource\`, \`reason\` |`,
  diff: `| exit | when |
|---|---|
| 0 | stronger, neutral, or every weakening let through by \`--allow\` |
| 1 | a change that nobody let through is weaker or unknown |
| 2 | BASE or HEAD cannot be read or compared, or a revision cannot be synthesized |

\`--format json\`: \`{"version": 1, "verdict", "changes": [], "proofs": {"before", "after"}, "exemptions": [], "unusedAllowances": []}\`; \`proofs\` as of \`prove\`.
A change has \`id\` (stable: what \`--allow\` names), \`kind\`, \`verdict\` (\`weaker\`, \`unknown\`, \`stronger\`, \`neutral\`), \`cloud\`, \`resource\`,
\`what\`, \`before\`, \`after\`, \`rule\`, \`citations\`, \`witness\` (a request that succeeds now and did not before), \`source\` and \`allowed\`.

A file of allowed changes:

\`\`\`yaml
- change: aws log-retention clinical-decision/LogsVault657EE30F
  reason: The vault moves to the new account, change request CR-77
  approver: security@hospital.example
\`\`\``,
  report: `| exit | when |
|---|---|
| 0 | every proof holds and no rule fails, or no PHI workload is declared and no rule fails; with \`--base\`: the change is stronger or neutral |
| 1 | anything else; the report is written |
| 2 | a path cannot be read or the file cannot be written; nothing is left behind |

The page is one file: no network, a content security policy that admits its own style and script by hash, dark and light,
for print and for screen readers. The same input on the same day gives the same bytes. The comment starts with the line
\`<!-- tee-kit: protection report -->\`, by which a pipeline finds the one to update, has less than 65,000 characters, and is
empty with \`--base\` when nothing that bears on protection has changed.`,
  evidence: `| exit | when |
|---|---|
| 0 | the bundle is written, whatever it says; \`verify\`: every byte is as it was sealed by the key that was named |
| 1 | \`verify\`: a byte, a file or an artifact differs, is missing or is too much; another key; no key named; unsigned |
| 2 | an input cannot be read, the folder exists, a key is of another kind; nothing is left behind |

| file of a bundle | |
|---|---|
| \`evidence.dsse.json\` | [DSSE](https://github.com/secure-systems-lab/dsse) envelope over an [in-toto Statement v1](https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) |
| \`evidence.dsse.json.sha256\` | its digest |
| \`artifacts/\` | what was judged, byte for byte |
| \`workload-…\`, \`exemptions-…\` | the files that were named, or the exemptions that were found |
| \`report.html\`, \`README.txt\` | the same for people; how to verify with jq and openssl alone |

Every file is a subject of the statement. Its predicate (\`urn:tee-kit:predicate:evidence:v1\`) has \`version\`, \`tool\`, \`judged\`, \`verdict\`,
\`paths\`, \`artifacts\`, \`workloads\`, \`proofs\`, \`findings\`, \`warnings\`, \`exemptions\`, \`measurements\`, \`citations\` and \`retention\`: 2192 days
(45 CFR 164.316(b)(2)(i)), the last of them, and the log store of each cloud that keeps it that long and cannot be shortened.

\`verify --format json\`: \`{"version": 1, "verified", "signature", "keys", "problems", "files", "compared", "statement"}\`; \`signature\` is
\`verified\`, \`wrong-key\`, \`no-key\`, \`unsigned\` or \`unreadable\`.

Keys: \`openssl genpkey -algorithm ed25519 -out key.pem && openssl pkey -in key.pem -pubout -out key.pub.pem\`. A key service signs
through the \`Signer\` of \`tee-kit/compliance\` (ECDSA P-256, SHA-256, DER).`,
};

/** Content of docs/cli.md. */
export function cliDocument(): string {
  const { '': overview = '', ...commands } = helpTexts();
  const sections = Object.entries(commands).map(([name, help]) => `## tee-kit ${name}\n\n\`\`\`text\n${help}\`\`\`\n${CONTRACTS[name] === undefined ? '' : `\n${CONTRACTS[name]}\n`}`);
  return `<!-- Generated by npm run docs from what --help prints and constructs/compliance/cli/docs.ts. Do not edit. -->
# Command line

\`\`\`text
${overview}\`\`\`

Every command: 0 clean, 1 findings, 2 could not do the job. Data goes to stdout, talk to stderr; bad input is one clear line on
stderr. "Unknown" is never clean. Expiries are judged against today, UTC. JSON has a \`version\`: fields are added within
a version, never renamed or removed.

A folder is judged by what lies in it: a link that leads out of it is refused. One JSON or YAML document is one artifact; text
before or after it is refused. Artifacts that nowhere speak of PHI (no workload file, tag, name, machine or policy) are held to
the rules that need no such claim, which \`check\` says on stderr; \`--workload\` says what they are for.

${sections.join('\n')}`;
}
