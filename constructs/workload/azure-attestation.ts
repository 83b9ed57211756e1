/**
 * Region to the short code inside the host names of Microsoft Azure Attestation (`shared<code>.<code>.attest.azure.net`).
 * Read 2026-11 from the published regional endpoints; a region that is not here is refused rather than guessed.
 */
export const AZURE_ATTESTATION_REGIONS: Readonly<Record<string, string>> = {
  australiaeast: 'eau',
  canadacentral: 'cac',
  canadaeast: 'cae',
  centralus: 'cus',
  eastasia: 'easia',
  eastus: 'eus',
  eastus2: 'eus2',
  francecentral: 'frc',
  italynorth: 'itn',
  japaneast: 'jpe',
  northcentralus: 'ncus',
  northeurope: 'neu',
  southcentralus: 'scus',
  southeastasia: 'sasia',
  swedencentral: 'sec',
  switzerlandnorth: 'swn',
  uksouth: 'uks',
  ukwest: 'ukw',
  westeurope: 'weu',
  westus: 'wus',
  westus2: 'wus2',
  westus3: 'wus3',
};

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
 * The policy of a private attestation authority for guests of confidential VMs (attestation type AzureGuest), in the policy
 * grammar of Azure Attestation. Each boot fact must be present and true: a rule that only denies `false` would let a guest
 * through that says nothing. The TEE itself is judged by the key's release policy, from claims that the service sets.
 */
export const AZURE_GUEST_POLICY = `version= 1.0;
authorizationrules
{
${BOOT_FACTS.map((fact) => `    [type=="${fact}", value==true]`).join(' &&\n')}
    => permit();
};
issuancerules
{
    => issue(type="tee-kit-policy", value="1");
};
`;
