import { type KeyObject, X509Certificate } from 'node:crypto';
import * as attestation from '@pulumi/azure-native/attestation';
import type * as pulumi from '@pulumi/pulumi';
import { AZURE_GUEST_POLICY } from '../workload/index.js';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import { type PrivateNetwork, PRIVATE_SERVICES } from './private-network.js';
import { ServiceEndpoint } from './service-endpoint.js';

export interface AttestationAuthorityProps extends AzureComponentProps {
  readonly network: PrivateNetwork;
  /**
   * True for the very first deployment, before `tee-kit attestation-policy azure` has set the policy: setting it is a call
   * to the authority itself, and nothing but the sealed TEE has a path to its private endpoint. Only a holder of a signing
   * key can set it all the same. The rules report the public network until this is false again. Default false.
   */
  readonly policyPending?: boolean;
  readonly transform?: { readonly provider?: Transform<attestation.AttestationProviderArgs> };
}

/**
 * A private attestation authority in the isolated trust model: its policy can be replaced only by a holder of one of
 * the signing keys whose certificates the workload file lists, and by no Azure role.
 *
 * The policy itself is data plane. `policyText` is what it must be; `tee-kit attestation-policy azure` signs, sets and
 * verifies it (`docs/azure.md`).
 */
export class AttestationAuthority extends AzureComponent {
  readonly provider: attestation.AttestationProvider;
  readonly endpoint: ServiceEndpoint;
  readonly providerName: string;
  readonly providerId: string;
  /** `https://<provider>.<region>.attest.azure.net`: computed, so that release policies are known at preview. */
  readonly uri: string;
  /** The policy of attestation type AzureGuest that belongs to this authority, before signing. */
  readonly policyText: string;

  /** @throws if a signing certificate does not parse or its key is neither RSA nor EC. */
  constructor(name: string, props: AttestationAuthorityProps, opts?: pulumi.ComponentResourceOptions) {
    super('AttestationAuthority', name, props, opts);
    const { names } = this;
    const signers = names.placement.attestationPolicySigners;
    if (signers.length === 0) {
      throw new Error('clouds.azure.attestationPolicySigners: empty; without a signing certificate every Attestation Contributor can rewrite the policy: list at least one certificate');
    }
    this.providerName = names.authority(signers);
    this.providerId = names.id('Microsoft.Attestation/attestationProviders', this.providerName);
    this.uri = names.authorityUri(this.providerName);
    this.policyText = AZURE_GUEST_POLICY;
    this.provider = new attestation.AttestationProvider(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          providerName: this.providerName,
          properties: {
            publicNetworkAccess: props.policyPending ? 'Enabled' : 'Disabled',
            tpmAttestationAuthentication: 'Enabled',
            policySigningCertificates: { keys: signers.map(signingKey) },
          },
          tags: names.tags,
        },
        props.transform?.provider,
      ),
      { ...this.child(), protect: true, retainOnDelete: true, replaceOnChanges: ['properties.policySigningCertificates'] },
    );
    this.endpoint = new ServiceEndpoint(
      `${name}-endpoint`,
      { workload: props.workload, resourceGroup: props.resourceGroup, network: props.network, service: PRIVATE_SERVICES.attestation, resourceId: this.providerId },
      { parent: this, dependsOn: [this.provider] },
    );
    this.registerOutputs({ provider: this.provider.id, uri: this.uri });
  }
}

/** A certificate as the JSON Web Key that the provider takes. */
function signingKey(certificate: string, index: number): { kty: string; alg: string; x5C: string[] } {
  const where = `clouds.azure.attestationPolicySigners[${index}]`;
  let key: KeyObject;
  try {
    key = new X509Certificate(Buffer.from(certificate, 'base64')).publicKey;
  } catch {
    throw new Error(`${where}: not an X.509 certificate in base64 DER; print one with "openssl x509 -in cert.pem -outform der | base64 -w0"`);
  }
  const x5C = [certificate];
  if (key.asymmetricKeyType === 'rsa') return { kty: 'RSA', alg: 'RS256', x5C };
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === 'prime256v1') return { kty: 'EC', alg: 'ES256', x5C };
  if (curve === 'secp384r1') return { kty: 'EC', alg: 'ES384', x5C };
  throw new Error(`${where}: key type ${curve ?? String(key.asymmetricKeyType)}; use an RSA key or one on the curve P-256 or P-384`);
}
