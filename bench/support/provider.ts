// oidc-provider's own introspection on its memory adapter, for comparison. Run as a process of its own:
// node bench/support/provider.ts PORT; prints the token to ask about.
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2]);
const client = {
  client_id: 'bench',
  client_secret: 'bench',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client as never],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
  },
});
const server = provider.listen(port, '127.0.0.1', () => {
  void (async () => {
    const found = await provider.Client.find('bench');
    if (found === undefined) throw new Error('no client');
    const token = await new provider.ClientCredentials({ client: found, scope: '' } as never).save();
    process.stdout.write(`${token}\n`);
  })();
});
server.keepAliveTimeout = 60_000;
