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
