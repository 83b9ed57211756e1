import * as managedidentity from '@pulumi/azure-native/managedidentity';
import type * as authorization from '@pulumi/azure-native/authorization';
import * as azureNetwork from '@pulumi/azure-native/network';
import type * as pulumi from '@pulumi/pulumi';
import { contains, parseCidr } from '../workload/ipv4.js';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import type { KeyVault } from './key-vault.js';
import type { PrivateNetwork } from './private-network.js';
import { grantRole } from './role-grant.js';
import { ROLES } from './roles.js';

export interface NonPhiGatewayProps extends AzureComponentProps {
  readonly network: PrivateNetwork;
  /** Segment of its own with purpose `other`: an Application Gateway shares its subnet with nothing. */
  readonly segment: string;
  /** Host name that clients ask for. */
  readonly hostName: string;
  /** Server certificate: a secret of the infrastructure vault. The gateway holds its private key, outside any TEE. */
  readonly certificate: { readonly vault: KeyVault; readonly secretName: string };
  /** Authorities whose client certificates are accepted, by a name of yours: base64 of PEM. At least one. */
  readonly clientAuthorities: Readonly<Record<string, string>>;
  /** Private IPv4 addresses that requests go to over TLS, none of them in a `tee` or `phi-store` segment. */
  readonly backends: readonly string[];
  /** Port of the backends. Default 443. */
  readonly backendPort?: number;
  readonly transform?: { readonly gateway?: Transform<azureNetwork.ApplicationGatewayArgs> };
}

/** Says which plane a gateway that ends TLS belongs to; the same tag on three clouds, read by gateway-tls-ends-in-tee. */
const NO_PHI = { 'phi-plane': 'no-phi' } as const;

/**
 * An Application Gateway for what carries no PHI: health pages, enrolment, administration. It ends TLS itself, outside the
 * TEE, and reads every byte; a request with PHI must never go this way. PHI enters through Gateway.
 *
 * TLS 1.3 only, and clients show a certificate that OCSP has not revoked. Private frontend only: the subscription needs
 * the network isolation of Application Gateway v2, or its deployment asks for a public address.
 */
export class NonPhiGateway extends AzureComponent {
  readonly gateway: azureNetwork.ApplicationGateway;
  readonly gatewayId: string;
  readonly identity: managedidentity.UserAssignedIdentity;
  readonly readsCertificate: authorization.RoleAssignment;

  /** @throws on a segment whose purpose is not `other`, no client authority, no backend, or a backend inside a segment that holds PHI. */
  constructor(name: string, props: NonPhiGatewayProps, opts?: pulumi.ComponentResourceOptions) {
    super('NonPhiGateway', name, props, opts);
    const { names } = this;
    check(props);
    const place = props.network.placeOf(props.segment);
    const identityName = names.local(`${name}-id`);
    const identityId = names.id('Microsoft.ManagedIdentity/userAssignedIdentities', identityName);
    this.identity = new managedidentity.UserAssignedIdentity(
      name,
      { resourceGroupName: names.resourceGroup, location: names.location, resourceName: identityName, tags: names.tags },
      this.child(),
    );
    const { vault, secretName } = props.certificate;
    this.readsCertificate = grantRole(
      `${name}-certificate`,
      { names, role: ROLES.keyVaultSecretsUser, scope: `${vault.vaultId}/secrets/${secretName}`, principalId: this.identity.principalId, principalType: 'ServicePrincipal', description: 'The gateway reads its server certificate' },
      this.child(vault.vault),
    );
    const applicationGatewayName = names.local(name);
    this.gatewayId = names.id('Microsoft.Network/applicationGateways', applicationGatewayName);
    const part = (kind: string, partName: string) => ({ id: `${this.gatewayId}/${kind}/${partName}` });
    const authorities = Object.entries(props.clientAuthorities).sort(([a], [b]) => (a < b ? -1 : 1));
    const sslPolicy = { policyType: 'CustomV2', minProtocolVersion: 'TLSv1_3', cipherSuites: [] };
    const port = props.backendPort ?? 443;
    this.gateway = new azureNetwork.ApplicationGateway(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          applicationGatewayName,
          identity: { type: 'UserAssigned', userAssignedIdentities: [identityId] },
          sku: { name: 'Standard_v2', tier: 'Standard_v2' },
          autoscaleConfiguration: { minCapacity: 1, maxCapacity: 4 },
          enableFips: false,
          gatewayIPConfigurations: [{ name: 'subnet', subnet: { id: place.subnetId } }],
          frontendIPConfigurations: [{ name: 'private', privateIPAllocationMethod: 'Dynamic', subnet: { id: place.subnetId } }],
          frontendPorts: [{ name: 'https', port: 443 }],
          sslCertificates: [{ name: 'server', keyVaultSecretId: `${vault.vaultUri}/secrets/${secretName}` }],
          trustedClientCertificates: authorities.map(([authority, data]) => ({ name: authority, data })),
          sslPolicy,
          sslProfiles: [
            {
              name: 'mutual',
              sslPolicy,
              clientAuthConfiguration: { verifyClientCertIssuerDN: true, verifyClientRevocation: 'OCSP' },
              trustedClientCertificates: authorities.map(([authority]) => part('trustedClientCertificates', authority)),
            },
          ],
          httpListeners: [
            {
              name: 'https',
              protocol: 'Https',
              hostName: props.hostName,
              requireServerNameIndication: true,
              frontendIPConfiguration: part('frontendIPConfigurations', 'private'),
              frontendPort: part('frontendPorts', 'https'),
              sslCertificate: part('sslCertificates', 'server'),
              sslProfile: part('sslProfiles', 'mutual'),
            },
          ],
          backendAddressPools: [{ name: 'backends', backendAddresses: props.backends.map((ipAddress) => ({ ipAddress })) }],
          backendHttpSettingsCollection: [
            // Seconds.
            { name: 'https', protocol: 'Https', port, hostName: props.hostName, cookieBasedAffinity: 'Disabled', requestTimeout: 30, probe: part('probes', 'https') },
          ],
          probes: [{ name: 'https', protocol: 'Https', path: '/', pickHostNameFromBackendHttpSettings: true, interval: 15, timeout: 10, unhealthyThreshold: 2 }],
          requestRoutingRules: [
            {
              name: 'all',
              ruleType: 'Basic',
              priority: 100,
              httpListener: part('httpListeners', 'https'),
              backendAddressPool: part('backendAddressPools', 'backends'),
              backendHttpSettings: part('backendHttpSettingsCollection', 'https'),
            },
          ],
          tags: { ...names.tags, ...NO_PHI },
        },
        props.transform?.gateway,
      ),
      this.child(props.network.virtualNetwork, this.readsCertificate, this.identity),
    );
    this.registerOutputs({ gateway: this.gateway.id });
  }
}

function check({ workload, segment, clientAuthorities, backends }: NonPhiGatewayProps): void {
  const purpose = workload.segments[segment]?.purpose;
  if (purpose !== 'other') throw new Error(`segment: "${segment}" has purpose ${purpose ?? 'none (it is not in the workload file)'}; a gateway that ends TLS belongs into a segment of its own with purpose other`);
  if (Object.keys(clientAuthorities).length === 0) throw new Error('clientAuthorities: empty, so that no client could be told from another: give at least one certificate authority');
  if (backends.length === 0) throw new Error('backends: empty: give at least one private IPv4 address');
  for (const backend of backends) {
    const address = parseCidr(`${backend}/32`);
    if (!address) throw new Error(`backends: "${backend}" is not an IPv4 address; write it like 10.20.64.4`);
    const holder = Object.entries(workload.segments).find(([, other]) => {
      const range = parseCidr(other.cidr);
      return (other.purpose === 'tee' || other.purpose === 'phi-store') && range !== undefined && contains(range, address);
    });
    if (holder) throw new Error(`backends: "${backend}" is in segment ${holder[0]}, which holds PHI; this gateway reads every byte: send PHI through Gateway`);
  }
}
