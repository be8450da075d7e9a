package io.computeruse.sandbox.iam;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.List;

/** Writes IAM policies as JSON. The same statements give the same text, so that a second deployment finds no difference. */
public final class PolicyDocument {
    private static final Gson JSON = new GsonBuilder()
            .disableHtmlEscaping()
            .setFieldNamingPolicy(FieldNamingPolicy.UPPER_CAMEL_CASE)
            .create();

    private record Document(String version, List<Statement> statement) {}

    private PolicyDocument() {}

    /** A policy of these statements, in their order. */
    public static String of(List<Statement> statements) {
        return JSON.toJson(new Document("2012-10-17", statements));
    }

    /** A policy of these statements, in their order. */
    public static String of(Statement... statements) {
        return of(List.of(statements));
    }
}
