/** Facts about the guest's boot that must all be proven; each is a claim of the AzureGuest attestation type. */
const BOOT_FACTS = [
  'secureboot',
  'x-ms-azurevm-default-securebootkeysvalidated',
  'x-ms-azurevm-debuggersdisabled',
  'x-ms-azurevm-signingdisabled',
  'x-ms-azurevm-dbvalidated',
  'x-ms-azurevm-dbxvalidated',
] as const;

/**
 * The text of the authority's policy for guests of confidential VMs, in the policy grammar of Azure Attestation.
 * Each boot fact must be present and true: a rule that only denies `false` would let a guest through that says nothing.
 * The TEE itself is judged again by the key's release policy, from claims that the service sets.
 */
export function attestationPolicyText(tee: 'sevsnpvm' | 'tdxvm'): string {
  const permit = BOOT_FACTS.map((fact) => `    [type=="${fact}", value==true]`).join(' &&\n');
  return `version= 1.0;
authorizationrules
{
${permit}
    => permit();
};
issuancerules
{
    => issue(type="tee-kit-policy", value="${tee}-1");
};
`;
}
