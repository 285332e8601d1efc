/** A public key as ssh-keygen writes it; its private half is not kept. */
export const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM2M6A5ukCZsVuR8j9BTxHwD9pDqVflSyY864DdskvLH admin@example.com';

/** Of an authority that signs nothing: its key is not kept. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBjzCCATWgAwIBAgIUXQ37yWJjHrK8eCkA8zDL7tfKwzcwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRZXhhbXBsZSBhdXRob3JpdHkwIBcNMjYxMTIzMDAzMDAwWhgP
MjEyNjEwMzAwMDMwMDBaMBwxGjAYBgNVBAMMEWV4YW1wbGUgYXV0aG9yaXR5MFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEv3p2SyeENrST1jOfKVr6wbUEnlOD6c9B
wfBlpdPzRDBS53Yen+puwu8v2KGI3r3HcOTRyqwGqX/8LiFu5DJBWKNTMFEwHQYD
VR0OBBYEFGontIy2aykfoiCtZW3BR8P/NXGwMB8GA1UdIwQYMBaAFGontIy2aykf
oiCtZW3BR8P/NXGwMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIg
A8SrvupMKYhC/cXnwWqAr3evZFdMHEl+JENgOqNxcwQCIQCP4V1z1FGDav5Ox7aX
g0lhSWJLHWCFjba2Ppv+KUoNzw==
-----END CERTIFICATE-----
`;
