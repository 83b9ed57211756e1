/**
 * The forms of the workload file's scalars, shared by its validation and by the reader of embedded workloads.
 * Each is anchored and free of nested repetition, so that hostile input costs linear time.
 */
export const PATTERNS = {
  /** Part of every resource name; no double hyphen, which Azure vault names forbid. */
  name: /^(?=.{3,24}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
  /** Names of segments: they become subnets and security groups of the same name. */
  segment: /^(?=.{2,20}$)(?!endpoints$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
  /** Names of flows, releases, PHI categories. */
  slug: /^(?=.{2,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
  /** One line of printable text, not starting or ending with a space. */
  text: /^(?=.{1,200}$)[^\s\p{C}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\s\p{C}])?$/u,
  email: /^(?=.{6,200}$)[a-zA-Z0-9._+-]{1,64}@[a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63}){1,6}$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  awsAccount: /^\d{12}$/,
  awsRegion: /^[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d$/,
  awsPrincipal: /^arn:aws(?:-us-gov|-cn)?:iam::\d{12}:(?:root|(?:role|user)\/[\w+=,.@/-]{1,512})$/,
  awsRole: /^arn:aws(?:-us-gov|-cn)?:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
  awsOrganization: /^o-[a-z0-9]{10,32}$/,
  ami: /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  ec2Instance: /^[a-z][a-z0-9-]{1,15}\.[a-z0-9-]{2,15}$/,
  bucket: /^(?=.{3,63}$)[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*[a-z0-9]$/,
  objectKey: /^(?!.*\.\.)[\w!'()*.-][\w!'()*./-]{0,500}$/,
  versionId: /^(?!null$)[\w.-]{1,1024}$/,
  azureRegion: /^[a-z]{4,30}[0-9]?$/,
  azureInstance: /^Standard_[A-Za-z0-9_]{3,40}$/,
  imagePart: /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
  imageVersion: /^\d{1,10}\.\d{1,10}\.\d{1,15}$/,
  gcpProject: /^(?=.{6,30}$)[a-z][a-z0-9-]*[a-z0-9]$/,
  gcpNumber: /^[1-9]\d{5,18}$/,
  gcpRegion: /^[a-z]{2,20}-[a-z]{2,20}\d{1,2}$/,
  gcpZone: /^[a-z]{2,20}-[a-z]{2,20}\d{1,2}-[a-z]$/,
  gcpInstance: /^[a-z][a-z0-9]{1,5}-[a-z0-9-]{3,40}$/,
  gcpImage: /^projects\/confidential-space-images\/global\/images\/(?:family\/confidential-space|confidential-space-\d{6})$/,
  /** Version of a Confidential Space image, YYMMDD or YYMM00, as tokens carry it. */
  gcpImageVersion: /^[1-9]\d{5}$/,
  /** An exact image of a project; a family is another image tomorrow. */
  gcpExactImage: /^projects\/[a-z][a-z0-9-]{4,28}[a-z0-9]\/global\/images\/(?!family\/)[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
  gcpBillingAccount: /^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/,
  gcpMember: /^(?:serviceAccount|group):[a-zA-Z0-9._+-]{1,64}@[a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63}){1,6}$/,
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/,
  base64: /^(?=.{4,8000}$)[A-Za-z0-9+/]+={0,2}$/,
  gcpGroup: /^group:[a-zA-Z0-9._+-]{1,64}@[a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63}){1,6}$/,
  pcr: /^(?=.{96}$)[0-9a-f]+$/,
  /** All zeros is the value of a debug image. */
  nonZeroPcr: /^(?=.{96}$)(?!0+$)[0-9a-f]+$/,
  sha256: /^(?=.{64}$)[0-9a-f]+$/,
  imageDigest: /^sha256:(?=.{64}$)(?!0+$)[0-9a-f]+$/,
} as const;

/** Whether a text is a date that exists, `YYYY-MM-DD`. */
export function isIsoDate(text: string): boolean {
  if (!PATTERNS.date.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}
