import type { RuleCase } from '../rule-case.js';
import { body, bucket } from '../aws-fixture.js';

const aws: RuleCase[] = [
  { name: 'nothing leaves', cloud: 'aws', expected: 'pass', at: 'Store', resources: { Store: bucket() } },
  { name: 'a copy inside', cloud: 'aws', expected: 'pass', resources: { Store: bucket({ ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Destination: { Bucket: { 'Fn::GetAtt': ['Copy', 'Arn'] } } }] } }), Copy: bucket() } },
  { name: 'a copy elsewhere', cloud: 'aws', expected: 'fail', at: 'Store', resources: { Store: bucket({ ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::elsewhere' } }] } }) } },
  { name: 'an inventory elsewhere', cloud: 'aws', expected: 'fail', at: 'Store', resources: { Store: bucket({ InventoryConfigurations: [{ Destination: { BucketArn: 'arn:aws:s3:::elsewhere' } }] }) } },
  { name: 'a copy to a bucket that is not known', cloud: 'aws', expected: 'unknown', at: 'Store', resources: { Store: bucket({ ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Destination: { Bucket: { 'Fn::ImportValue': 'x' } } }] } }) } },
  { name: 'a website', cloud: 'aws', expected: 'fail', at: 'Store', resources: { Store: bucket({ WebsiteConfiguration: { IndexDocument: 'i' } }) } },
  { name: 'an access point', cloud: 'aws', expected: 'fail', at: 'Point', resources: { Store: bucket(), Point: body('AWS::S3::AccessPoint', { Bucket: { Ref: 'Store' } }) } },
  { name: 'a stream', cloud: 'aws', expected: 'fail', at: 'Items', resources: { Items: body('AWS::DynamoDB::Table', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }) } },
];

export const cases: RuleCase[] = [...aws];
