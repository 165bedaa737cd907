# rbacgen in a small image, run as nobody in particular:
#
#     docker build --tag rbacgen .
#     docker run --rm --volume "$PWD:/project" rbacgen check
#     docker run --rm --volume "$PWD:/project" --user "$(id -u)" rbacgen render
#
# The tags name a minor version of Python; where builds must stay the same, put the digest that you have looked at behind them.
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY rbacgen/ rbacgen/
COPY mappings/ mappings/
COPY templates/ templates/
# Without pip: nothing is installed into it later.
RUN python -m venv /opt/rbacgen \
    && /opt/rbacgen/bin/python -m pip install --no-cache-dir --disable-pip-version-check . \
    && /opt/rbacgen/bin/python -m pip uninstall --yes pip
# The grammar that .tf files are read with takes seconds to work out; it is kept beside its code.
RUN /opt/rbacgen/bin/python -c "import hcl2; hcl2.loads('a = 1\n')"

FROM python:3.13-slim
LABEL org.opencontainers.image.title="rbacgen" \
      org.opencontainers.image.description="Access as code for project teams on Azure" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin rbacgen
COPY --from=build /opt/rbacgen /opt/rbacgen
ENV PATH=/opt/rbacgen/bin:$PATH
USER 10001
WORKDIR /project
ENTRYPOINT ["rbacgen"]
CMD ["--help"]
