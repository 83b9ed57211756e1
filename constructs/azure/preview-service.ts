/**
 * Says that whoever builds the resource knows that its Azure service, or the API that manages it, is a preview: no service
 * level, and no place in Microsoft's BAA until the customer has looked it up. Written out, so that it shows in review.
 */
export interface PreviewProps {
  readonly preview: 'accepted';
}

/** Tag on every resource of a preview service. */
export const PREVIEW_TAG = { 'service-preview': 'true' } as const;
