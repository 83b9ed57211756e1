// Runs the project's Pulumi program with Pulumi's own Node language runtime (ts-node and all), as `pulumi preview`
// does, against a stand-in engine on the loopback interface. Prints what was registered as JSON.
// Usage: node stand-in-engine.cjs <project folder> <config as JSON>
const { spawn } = require('node:child_process');
const { join } = require('node:path');
const grpc = require('@grpc/grpc-js');
const { Empty } = require('google-protobuf/google/protobuf/empty_pb');
const engine = require('@pulumi/pulumi/proto/engine_pb');
const { EngineService } = require('@pulumi/pulumi/proto/engine_grpc_pb');
const monitor = require('@pulumi/pulumi/proto/resource_pb');
const { ResourceMonitorService } = require('@pulumi/pulumi/proto/resource_grpc_pb');

const [project, config] = process.argv.slice(2);
const registered = [];
const errors = [];
let root = '';

/** Answers the named calls; any other is refused and recorded. */
const service = (definition, calls) =>
  Object.fromEntries(
    Object.keys(definition).map((name) => [
      name,
      calls[name] ??
        ((_call, reply) => {
          if (name === 'invoke') errors.push('the program called a provider function');
          reply({ code: grpc.status.UNIMPLEMENTED, message: name });
        }),
    ]),
  );

const empty = (_call, reply) => reply(null, new Empty());
const server = new grpc.Server();
server.addService(
  ResourceMonitorService,
  service(ResourceMonitorService, {
    supportsFeature(_call, reply) {
      const response = new monitor.SupportsFeatureResponse();
      response.setHassupport(true);
      reply(null, response);
    },
    registerResource({ request }, reply) {
      registered.push({ type: request.getType(), name: request.getName(), protect: request.getProtect() });
      const response = new monitor.RegisterResourceResponse();
      response.setUrn(`urn:pulumi:s::p::${request.getType()}::${request.getName()}`);
      response.setObject(request.getObject());
      reply(null, response);
    },
    registerResourceOutputs: empty,
    signalAndWaitForShutdown: empty,
  }),
);
server.addService(
  EngineService,
  service(EngineService, {
    log({ request }, reply) {
      if (request.getSeverity() >= engine.LogSeverity.ERROR) errors.push(request.getMessage());
      reply(null, new Empty());
    },
    getRootResource(_call, reply) {
      const response = new engine.GetRootResourceResponse();
      response.setUrn(root);
      reply(null, response);
    },
    setRootResource({ request }, reply) {
      root = request.getUrn();
      reply(null, new engine.SetRootResourceResponse());
    },
  }),
);

server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (bindError, port) => {
  if (bindError) throw bindError;
  const address = `127.0.0.1:${port}`;
  const run = join(require.resolve('@pulumi/pulumi/package.json'), '..', 'cmd', 'run', 'index.js');
  const child = spawn(
    process.execPath,
    [run, '--monitor', address, '--engine', address, '--project', 'tee-kit', '--stack', 'test', '--pwd', join(project, 'pulumi'), '--dry-run', '--parallel', '8', '.'],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, PULUMI_NODEJS_TYPESCRIPT: 'true', PULUMI_CONFIG: config } },
  );
  child.on('exit', (code) => {
    process.stdout.write(JSON.stringify({ code, errors, registered }));
    server.forceShutdown();
  });
});
