#!/bin/sh
# An empty JSON body, which is how some webhooks are checked, is 400 or an object.
#
# Expected: RFC 9110 allows a POST without content, whatever its Content-Type says;
#   a framework calls the handler with "no body".
# Happens: fastify answers 400 to it before any handler runs; express' body-parser
#   with content-length 0 makes {} of it, which is what the body {} gives as well.
#   The other way about, a body of one JSON string or of null reaches fastify's
#   handler, and is 400 by body-parser.
# Matters: providers check a URL by an empty POST or a bare value, and wait for
#   200: the same handler passes on one framework and not on the other, before
#   the first event came; and "no body" and {} cannot be told apart.
# Seen: body-parser 2.4.0, fastify 5.12.8, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund body-parser@2.4.0 \
	fastify@5.12.8 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
""          body-parser 200 handler got {} fastify 400 
"{}"        body-parser 200 handler got {} fastify 200 handler got {}
"\"hello\"" body-parser 400                fastify 200 handler got "hello"
"null"      body-parser 400                fastify 200 handler got null
EOF
cat > ask.js <<'EOF'
const http = require('http');
const { json } = require('body-parser');
const post = (port, body) => new Promise((done) => http.request({
	host: '127.0.0.1', port, method: 'POST', headers: { 'content-type': 'application/json', 'content-length': body.length },
}, async (answer) => done(answer.statusCode + ' ' + (answer.statusCode === 200 ? Buffer.concat(await answer.toArray()) : ''))).end(body));
(async () => {
	const server = http.createServer((req, res) => json()(req, res, (error) => {
		res.statusCode = error ? error.status : 200;
		res.end('handler got ' + JSON.stringify(req.body));
	}));
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	const fastify = require('fastify')();
	fastify.post('/', async (req) => 'handler got ' + JSON.stringify(req.body));
	await fastify.listen({ port: 0, host: '127.0.0.1' });
	for (const body of ['', '{}', '"hello"', 'null'])
		console.log(JSON.stringify(body).padEnd(11), 'body-parser', (await post(server.address().port, body)).padEnd(18),
			'fastify', await post(fastify.server.address().port, body));
	server.close();
	await fastify.close();
})();
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
