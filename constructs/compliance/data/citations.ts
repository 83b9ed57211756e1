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
