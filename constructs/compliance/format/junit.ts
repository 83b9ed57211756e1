import { toldExemption } from '../exemptions.js';
import type { Finding } from '../model.js';
import type { CheckRun } from './run.js';

/**
 * `tee-kit check --format junit`: one suite per cloud, one case per rule and resource. Failed and undecidable outcomes
 * are failures, exempt ones are skipped, warnings are told in the output of a case that passes, exemptions in that of the
 * first suite.
 */
export function checkJunit({ report, evaluation, deployments, time }: CheckRun): string {
  const clouds = [...new Set(deployments.map(({ cloud }) => cloud))];
  const exemptions = report.exemptions.length === 0 ? '' : `\n    <system-out>${escape(report.exemptions.map(toldExemption).join('\n'))}</system-out>`;
  const suites = clouds.map((cloud, position) => {
    const cases = new Map<string, { rule: string; resource: string; findings: Finding[]; warnings: Finding[] }>();
    const of = (rule: string, resource: string) => {
      const key = `${rule} ${resource}`;
      let known = cases.get(key);
      if (!known) cases.set(key, (known = { rule, resource, findings: [], warnings: [] }));
      return known;
    };
    for (const finding of report.findings) if (finding.cloud === cloud) of(finding.rule, finding.resource).findings.push(finding);
    for (const finding of report.warnings) if (finding.cloud === cloud) of(finding.rule, finding.resource).warnings.push(finding);
    for (const { cloud: own, rule, resource } of evaluation.supports) if (own === cloud) of(rule, resource);
    const list = [...cases.values()].sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : a.resource < b.resource ? -1 : 1));
    const failed = list.filter(({ findings }) => findings.some(({ status }) => status !== 'exempt'));
    const skipped = list.filter((one) => one.findings.length > 0 && !failed.includes(one));
    const lines = list.map(({ rule, resource, findings, warnings }) => {
      const open = findings.filter(({ status }) => status !== 'exempt');
      const inner = open.length > 0
        ? `<failure type="${open.some(({ status }) => status === 'fail') ? 'fail' : 'unknown'}" message="${escape(open[0]?.message ?? '')}">${escape(open.map(told).join('\n\n'))}</failure>`
        : findings.length > 0 ? `<skipped message="${escape(`exempt: ${findings.map(({ message }) => message).join('; ')}`)}"/>`
          : warnings.length > 0 ? `<system-out>${escape(warnings.map(({ message }) => `warning: ${message}`).join('\n'))}</system-out>` : '';
      const head = `    <testcase classname="${escape(`${cloud}.${rule}`)}" name="${escape(resource)}" time="0"`;
      return inner === '' ? `${head}/>` : `${head}>${inner}</testcase>`;
    });
    return {
      tests: list.length, failures: failed.length, skipped: skipped.length,
      xml: `  <testsuite name="tee-kit check ${cloud}" tests="${list.length}" failures="${failed.length}" errors="0" skipped="${skipped.length}" time="0" timestamp="${escape(time.replace(/\.\d+Z$|Z$/, ''))}">\n${lines.join('\n')}${position === 0 ? exemptions : ''}\n  </testsuite>`,
    };
  });
  const sum = (name: 'tests' | 'failures' | 'skipped'): number => suites.reduce((total, suite) => total + suite[name], 0);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tee-kit check" tests="${sum('tests')}" failures="${sum('failures')}" errors="0" skipped="${sum('skipped')}" time="0">\n${suites.map(({ xml }) => xml).join('\n')}\n</testsuites>\n`;
}

function told({ status, severity, path, message, fix, citations, source }: Finding): string {
  return `${status} ${severity}${path === '' ? '' : ` ${path}`}: ${message}\n${source ? `at ${source.file}:${source.line}\n` : ''}fix: ${fix}\n${citations.join(', ')}`;
}

/** Text and attribute values; characters that XML 1.0 cannot hold become U+FFFD. */
function escape(text: string): string {
  return text
    // oxlint-disable-next-line no-control-regex -- what XML cannot hold is what it looks for
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/[\n\r\t]/g, (one) => `&#${one.charCodeAt(0)};`);
}
