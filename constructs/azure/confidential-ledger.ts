import * as confidentialledger from '@pulumi/azure-native/confidentialledger';
import type * as pulumi from '@pulumi/pulumi';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import { PREVIEW_TAG, type PreviewProps } from './preview-service.js';

export interface ConfidentialLedgerProps extends AzureComponentProps, PreviewProps {
  /** Object ids that append digests, by a name of yours. At least one. */
  readonly writers: Readonly<Record<string, string>>;
  /** Object ids that read and verify, by a name of yours. Default none. */
  readonly readers?: Readonly<Record<string, string>>;
  readonly transform?: { readonly ledger?: Transform<confidentialledger.LedgerArgs> };
}

/**
 * PREVIEW. An append-only ledger in TEEs of its own, as an anchor for the log vault: append the digest of each day's logs,
 * and a log that was replaced no longer matches. Digests only, never logs and never PHI: an entry cannot be removed.
 *
 * The ledger answers on a public address with Entra or certificate authentication; it has no private endpoint. The TEE
 * segment has no path to it: the anchor is written from outside.
 */
export class ConfidentialLedger extends AzureComponent {
  readonly ledger: confidentialledger.Ledger;
  readonly ledgerName: string;

  /** @throws without a writer, or when a writer is a reader too. */
  constructor(name: string, props: ConfidentialLedgerProps, opts?: pulumi.ComponentResourceOptions) {
    super('ConfidentialLedger', name, props, opts);
    const { names } = this;
    const writers = Object.entries(props.writers).sort(([a], [b]) => (a < b ? -1 : 1));
    const readers = Object.entries(props.readers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    if (writers.length === 0) throw new Error('writers: empty; without one nothing is ever anchored: give the object id of the principal that appends digests');
    const both = readers.find(([, reader]) => writers.some(([, writer]) => writer === reader));
    if (both) throw new Error(`readers.${both[0]}: "${both[1]}" is a writer too, and writers read already: remove it from one of the two`);
    this.ledgerName = names.global('ledger');
    const principal = (role: 'Contributor' | 'Reader') => ([, principalId]: readonly [string, string]) => ({ principalId, tenantId: names.placement.tenant, ledgerRoleName: role });
    this.ledger = new confidentialledger.Ledger(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          ledgerName: this.ledgerName,
          properties: {
            ledgerType: 'Private',
            ledgerSku: 'Standard',
            aadBasedSecurityPrincipals: [...writers.map(principal('Contributor')), ...readers.map(principal('Reader'))],
          },
          tags: { ...names.tags, ...PREVIEW_TAG },
        },
        props.transform?.ledger,
      ),
      { ...this.child(), protect: true, retainOnDelete: true },
    );
    this.registerOutputs({ ledger: this.ledger.id });
  }
}
