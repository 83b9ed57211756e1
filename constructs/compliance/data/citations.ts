/** One row of the Security Rule, as Appendix A to Subpart C of 45 CFR Part 164 names it. */
export interface Safeguard {
  /** `45 CFR 164.…`, as rules cite it. */
  readonly citation: string;
  readonly title: string;
  /** Implementation specifications are required or addressable; `standard` where the standard itself is the requirement. */
  readonly kind: 'standard' | 'required' | 'addressable';
}

const row = (section: string, title: string, kind: Safeguard['kind']): Safeguard => ({ citation: `45 CFR 164.${section}`, title, kind });

/** Every standard and implementation specification of the HIPAA Security Rule (45 CFR 164.308 to 164.316), in its order. */
export const SAFEGUARDS: readonly Safeguard[] = [
  row('308(a)(1)(ii)(A)', 'Risk analysis', 'required'),
  row('308(a)(1)(ii)(B)', 'Risk management', 'required'),
  row('308(a)(1)(ii)(C)', 'Sanction policy', 'required'),
  row('308(a)(1)(ii)(D)', 'Information system activity review', 'required'),
  row('308(a)(2)', 'Assigned security responsibility', 'standard'),
  row('308(a)(3)(ii)(A)', 'Authorization and/or supervision', 'addressable'),
  row('308(a)(3)(ii)(B)', 'Workforce clearance procedure', 'addressable'),
  row('308(a)(3)(ii)(C)', 'Termination procedures', 'addressable'),
  row('308(a)(4)(ii)(A)', 'Isolating health care clearinghouse functions', 'required'),
  row('308(a)(4)(ii)(B)', 'Access authorization', 'addressable'),
  row('308(a)(4)(ii)(C)', 'Access establishment and modification', 'addressable'),
  row('308(a)(5)(ii)(A)', 'Security reminders', 'addressable'),
  row('308(a)(5)(ii)(B)', 'Protection from malicious software', 'addressable'),
  row('308(a)(5)(ii)(C)', 'Log-in monitoring', 'addressable'),
  row('308(a)(5)(ii)(D)', 'Password management', 'addressable'),
  row('308(a)(6)(ii)', 'Response and reporting', 'required'),
  row('308(a)(7)(ii)(A)', 'Data backup plan', 'required'),
  row('308(a)(7)(ii)(B)', 'Disaster recovery plan', 'required'),
  row('308(a)(7)(ii)(C)', 'Emergency mode operation plan', 'required'),
  row('308(a)(7)(ii)(D)', 'Testing and revision procedure', 'addressable'),
  row('308(a)(7)(ii)(E)', 'Applications and data criticality analysis', 'addressable'),
  row('308(a)(8)', 'Evaluation', 'standard'),
  row('308(b)(1)', 'Business associate contracts and other arrangements', 'standard'),
  row('308(b)(3)', 'Written contract or other arrangement', 'required'),
  row('310(a)(2)(i)', 'Contingency operations', 'addressable'),
  row('310(a)(2)(ii)', 'Facility security plan', 'addressable'),
  row('310(a)(2)(iii)', 'Access control and validation procedures', 'addressable'),
  row('310(a)(2)(iv)', 'Maintenance records', 'addressable'),
  row('310(b)', 'Workstation use', 'standard'),
  row('310(c)', 'Workstation security', 'standard'),
  row('310(d)(1)', 'Device and media controls', 'standard'),
  row('310(d)(2)(i)', 'Disposal', 'required'),
  row('310(d)(2)(ii)', 'Media re-use', 'required'),
  row('310(d)(2)(iii)', 'Accountability', 'addressable'),
  row('310(d)(2)(iv)', 'Data backup and storage', 'addressable'),
  row('312(a)(1)', 'Access control', 'standard'),
  row('312(a)(2)(i)', 'Unique user identification', 'required'),
  row('312(a)(2)(ii)', 'Emergency access procedure', 'required'),
  row('312(a)(2)(iii)', 'Automatic logoff', 'addressable'),
  row('312(a)(2)(iv)', 'Encryption and decryption', 'addressable'),
  row('312(b)', 'Audit controls', 'standard'),
  row('312(c)(1)', 'Integrity', 'standard'),
  row('312(c)(2)', 'Mechanism to authenticate electronic protected health information', 'addressable'),
  row('312(d)', 'Person or entity authentication', 'standard'),
  row('312(e)(1)', 'Transmission security', 'standard'),
  row('312(e)(2)(i)', 'Integrity controls', 'addressable'),
  row('312(e)(2)(ii)', 'Encryption', 'addressable'),
  row('314(a)(1)', 'Business associate contracts or other arrangements', 'standard'),
  row('314(a)(2)(i)', 'Business associate contracts', 'required'),
  row('316(a)', 'Policies and procedures', 'standard'),
  row('316(b)(1)', 'Documentation', 'standard'),
  row('316(b)(2)(i)', 'Time limit (six years)', 'required'),
  row('316(b)(2)(ii)', 'Availability', 'required'),
  row('316(b)(2)(iii)', 'Updates', 'required'),
];

/** Safeguards that no rule cites, and why: what supports them instead, or that nothing in an artifact can. */
export const BEYOND_RULES: Readonly<Record<string, string>> = Object.fromEntries(Object.entries({
  '308(a)(1)(ii)(C)': 'A matter of the workforce.',
  '308(a)(2)': 'A matter of the organisation; the workload file names an owner and a contact, and the tags carry them.',
  '308(a)(3)(ii)(B)': 'A matter of the workforce.',
  '308(a)(4)(ii)(A)': 'A matter of the organisation; one workload file and one set of accounts per function isolates it.',
  '308(a)(5)(ii)(A)': 'A matter of the workforce.',
  '308(a)(7)(ii)(D)': 'A rehearsal, which no artifact shows. Run the drills of the runbooks against a sandbox and keep their records.',
  '308(a)(7)(ii)(E)': 'A judgement of the organisation; the classification and the categories of the workload file feed it.',
  '308(b)(3)': 'The contract itself. The workload file records it, and `baa-record-current` asks for the record under 164.308(b)(1).',
  '310(a)(2)(i)': 'The facilities are those of the cloud provider, under its agreement.',
  '310(a)(2)(ii)': 'The facilities are those of the cloud provider, under its agreement.',
  '310(a)(2)(iii)': 'The facilities are those of the cloud provider, under its agreement.',
  '310(a)(2)(iv)': 'The change history: `tee-kit diff` says of every change what it did, and the evidence bundle lists every resource.',
  '310(b)': 'No workstation is part of a deployment.',
  '310(c)': 'No workstation is part of a deployment.',
  '316(a)': 'Policies are the organisation\'s; docs/rules.md and docs/decisions say what the kit holds to.',
  '316(b)(1)': 'The signed evidence bundle (`tee-kit evidence`) and the report (`tee-kit report`) are the written record of each run.',
  '316(b)(2)(ii)': 'The evidence bundle is plain files that anybody can verify (`tee-kit evidence verify`); who gets them is the organisation\'s to say.',
  '316(b)(2)(iii)': 'Approvals of measurements, exemptions and BAA records carry ends and review dates; `measurement-unexpired` and `baa-record-current` fail when they pass.',
}).map(([section, why]) => [`45 CFR 164.${section}`, why]));
