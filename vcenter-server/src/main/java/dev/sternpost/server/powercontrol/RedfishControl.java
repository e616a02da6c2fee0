package dev.sternpost.server.powercontrol;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A management controller by Redfish (DMTF DSP0266): reads {@code PowerState} of the computer system and posts the action
 * {@code ComputerSystem.Reset}. The system is the only one of the controller, or the one that the address names.
 */
final class RedfishControl implements PowerControl {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SYSTEMS = "/redfish/v1/Systems";
    private static final Duration CALL_MAX = Duration.ofSeconds(8);
    private static final int ANSWER_BYTES_MAX = 1 << 20;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int CONFLICT = 409;
    private static final int ERROR_FROM = 300;

    /**
     * Where the controller is, and who asks.
     *
     * @param address "https://name" with or without the path of a computer system
     * @param trust see {@link TrustedCertificate}
     */
    record Controller(URI address, String userName, String password, String trust) {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    private final Controller controller;
    private final Duration patience;

    RedfishControl(Controller controller) {
        this(controller, TIME_MAX);
    }

    /** @param patience for a whole conversation */
    RedfishControl(Controller controller, Duration patience) {
        this.controller = controller;
        this.patience = patience;
    }

    /** Ends a conversation with what came of it. */
    private static final class Ended extends Exception {
        private static final long serialVersionUID = 1;

        private final transient PowerAnswer answer;

        Ended(PowerAnswer answer) {
            super(answer.toString());
            this.answer = answer;
        }
    }

    private interface Conversation {
        PowerAnswer hold(Line line) throws Ended, IOException, InterruptedException;
    }

    /** To the controller, for as long as a conversation may take: the client's own timeout ends with the headers of an answer. */
    private record Line(HttpClient client, long deadlineNanoTime) {
        HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
            CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, body());
            try {
                return answer.get(Math.max(1, deadlineNanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new HttpTimeoutException("it does not end its answer");
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
            } finally {
                answer.cancel(true);
            }
        }
    }

    @Override
    public PowerAnswer state() {
        return talk(line -> new PowerAnswer.Is(power(system(line))));
    }

    @Override
    public PowerAnswer on() {
        return talk(line -> reset(line, PowerAnswer.MachinePower.ON, "On"));
    }

    @Override
    public PowerAnswer off() {
        return talk(line -> reset(line, PowerAnswer.MachinePower.OFF, "ForceOff"));
    }

    private PowerAnswer talk(Conversation conversation) {
        try {
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(TrustedCertificate.context(controller.trust()))
                    .connectTimeout(CALL_MAX)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
            try {
                return conversation.hold(new Line(client, System.nanoTime() + patience.toNanos()));
            } finally {
                // To close it would be to wait for what has not been answered.
                client.shutdownNow();
            }
        } catch (Ended e) {
            return e.answer;
        } catch (SSLException e) {
            return new PowerAnswer.Unreachable("its certificate is not the one that is trusted: " + cause(e));
        } catch (GeneralSecurityException e) {
            return new PowerAnswer.Failed("what its certificate is checked against cannot be used: " + e.getMessage());
        } catch (IOException e) {
            return new PowerAnswer.Unreachable("%s does not answer: %s".formatted(controller, cause(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new PowerAnswer.Unreachable("interrupted");
        }
    }

    private static String cause(Throwable thrown) {
        Throwable deepest = thrown;
        for (int depth = 0; depth < 8 && deepest.getCause() != null; depth++) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage();
        return message == null ? deepest.getClass().getSimpleName() : message;
    }

    private PowerAnswer reset(Line line, PowerAnswer.MachinePower wanted, String type)
            throws Ended, IOException, InterruptedException {
        JsonNode system = system(line);
        if (power(system) == wanted) {
            return new PowerAnswer.Already();
        }
        String target = system.path("Actions")
                .path("#ComputerSystem.Reset")
                .path("target")
                .asString("");
        if (target.isEmpty()) {
            return new PowerAnswer.Failed("its computer system has no action to switch it");
        }
        HttpResponse<String> answer = line.send(request(target)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"ResetType\":\"" + type + "\"}"))
                .build());
        if (answer.statusCode() == CONFLICT) {
            // Somebody else has switched it meanwhile, says DSP0266; what it is now counts.
            return power(system(line)) == wanted
                    ? new PowerAnswer.Already()
                    : new PowerAnswer.Failed("it is busy: " + message(answer));
        }
        refuse(answer);
        return new PowerAnswer.Done();
    }

    private static PowerAnswer.MachinePower power(JsonNode system) {
        return switch (system.path("PowerState").asString("")) {
            case "On" -> PowerAnswer.MachinePower.ON;
            case "Off" -> PowerAnswer.MachinePower.OFF;
            default -> PowerAnswer.MachinePower.UNKNOWN;
        };
    }

    private JsonNode system(Line line) throws Ended, IOException, InterruptedException {
        String path = controller.address().getPath();
        if (path != null && path.length() > 1) {
            return get(line, path);
        }
        JsonNode members = get(line, SYSTEMS).path("Members");
        if (members.size() != 1) {
            throw new Ended(new PowerAnswer.Failed(
                    "the controller has %d computer systems; name one in the address, like %s%s/1"
                            .formatted(members.size(), controller.address(), SYSTEMS)));
        }
        return get(line, members.get(0).path("@odata.id").asString(""));
    }

    private JsonNode get(Line line, String path) throws Ended, IOException, InterruptedException {
        HttpResponse<String> answer = line.send(request(path).GET().build());
        refuse(answer);
        try {
            return JSON.readTree(answer.body());
        } catch (JacksonException e) {
            throw new Ended(new PowerAnswer.Failed(path + " is not JSON; is this a Redfish controller?"));
        }
    }

    private static HttpResponse.BodyHandler<String> body() {
        return BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), ANSWER_BYTES_MAX);
    }

    /** Only ever to the controller itself, whatever it names in its answers. */
    private HttpRequest.Builder request(String path) throws Ended {
        if (!path.startsWith("/") || path.startsWith("//")) {
            throw new Ended(new PowerAnswer.Failed("it names a path that is none: " + path));
        }
        String credentials = controller.userName() + ":" + controller.password();
        try {
            return HttpRequest.newBuilder(controller.address().resolve(path))
                    .timeout(CALL_MAX)
                    .header("Accept", "application/json")
                    .header(
                            "Authorization",
                            "Basic "
                                    + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw new Ended(new PowerAnswer.Failed("it names a path that is none: " + path));
        }
    }

    private static void refuse(HttpResponse<String> answer) throws Ended {
        if (answer.statusCode() == UNAUTHORIZED || answer.statusCode() == FORBIDDEN) {
            throw new Ended(new PowerAnswer.CredentialsRefused("it answers " + answer.statusCode()));
        }
        if (answer.statusCode() >= ERROR_FROM) {
            throw new Ended(new PowerAnswer.Failed("it answers " + answer.statusCode() + message(answer)));
        }
    }

    /** What the controller says about it, as DSP0266 has it. */
    private static String message(HttpResponse<String> answer) {
        try {
            String message =
                    JSON.readTree(answer.body()).path("error").path("message").asString("");
            return message.isEmpty() ? "" : ": " + message;
        } catch (JacksonException e) {
            return "";
        }
    }
}
