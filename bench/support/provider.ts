// oidc-provider on its memory adapter, for comparison: its own introspection, its device flow with the smallest page
// there can be (no person signs in, nothing protects the form), its refresh. Run as a process of its own:
// node bench/support/provider.ts PORT; prints the token to ask about when it is ready.
import { Provider } from 'oidc-provider';
import rawBody from 'raw-body';

const port = Number(process.argv[2]);
const clients = [
  {
    client_id: 'bench',
    client_secret: 'bench',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  },
  {
    client_id: 'teamday-cli',
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    redirect_uris: [],
    response_types: [],
  },
];
const HOUR = 3_600;
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: clients as never,
  ttl: { AccessToken: HOUR, ClientCredentials: HOUR, DeviceCode: HOUR, Grant: HOUR, RefreshToken: HOUR },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
  },
});

provider.use(async (ctx, next) => {
  if (ctx.path !== '/approve') {
    await next();
    return;
  }
  const form =
    ctx.method === 'POST' ? new URLSearchParams(await rawBody(ctx.req, { encoding: 'utf8' })) : ctx.URL.searchParams;
  const code = await provider.DeviceCode.findByUserCode((form.get('code') ?? '').replace('-', ''));
  if (code === undefined) return;
  if (ctx.method === 'GET') {
    ctx.body = '<form method="post" action="/approve"><input name="code"><button>Authorize</button></form>';
    return;
  }
  const grant = new provider.Grant({ clientId: 'teamday-cli', accountId: 'ada' });
  Object.assign(code, { accountId: 'ada', grantId: await grant.save(), scope: '', authTime: 1 });
  await code.save();
  ctx.body = 'Done';
});

const server = provider.listen(port, '127.0.0.1', () => {
  void (async () => {
    const found = await provider.Client.find('bench');
    if (found === undefined) throw new Error('no client');
    const token = await new provider.ClientCredentials({ client: found, scope: '' } as never).save();
    process.stdout.write(`ready ${token}\n`);
  })();
});
server.keepAliveTimeout = 60_000;
