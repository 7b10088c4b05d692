using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.PostgresMigrations
{
    /// <inheritdoc />
    public partial class RetentionPolicies : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Tracks_Expired",
                table: "Tracks");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_Expired",
                table: "Sessions");

            migrationBuilder.AddColumn<long>(
                name: "LastSize",
                table: "Sessions",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<int>(
                name: "Policy",
                table: "Sessions",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ShownDay",
                table: "Sessions",
                type: "integer",
                nullable: true);

            // What goes on each day is counted by it.
            migrationBuilder.Sql("""UPDATE "Sessions" SET "LastSize" = COALESCE((SELECT SUM("Size") FROM "Tracks" WHERE "Session" = "Sessions"."Id"), 0) WHERE "State" IN ('Recorded', 'Partial', 'Failed', 'Lost')""");

            migrationBuilder.CreateTable(
                name: "PolicyReapplications",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Policy = table.Column<int>(type: "integer", nullable: false),
                    Team = table.Column<int>(type: "integer", nullable: false),
                    By = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    State = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    After = table.Column<Guid>(type: "uuid", nullable: true),
                    Sessions = table.Column<long>(type: "bigint", nullable: false),
                    LookedAt = table.Column<long>(type: "bigint", nullable: false),
                    Shortened = table.Column<long>(type: "bigint", nullable: false),
                    Lengthened = table.Column<long>(type: "bigint", nullable: false),
                    Promised = table.Column<long>(type: "bigint", nullable: false),
                    AtMinimum = table.Column<long>(type: "bigint", nullable: false),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PolicyReapplications", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RetentionPolicies",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Team = table.Column<int>(type: "integer", nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    By = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Why = table.Column<string>(type: "text", maxLength: 300, nullable: false),
                    FollowsOrganization = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RetentionPolicies", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RetentionRules",
                columns: table => new
                {
                    Policy = table.Column<int>(type: "integer", nullable: false),
                    Part = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    Keep = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    Days = table.Column<int>(type: "integer", nullable: true),
                    MinimumDays = table.Column<int>(type: "integer", nullable: true),
                    MaximumDays = table.Column<int>(type: "integer", nullable: true),
                    LegalBasis = table.Column<string>(type: "text", maxLength: 200, nullable: true),
                    ReviewOn = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RetentionRules", x => new { x.Policy, x.Part });
                    table.ForeignKey(
                        name: "FK_RetentionRules_RetentionPolicies_Policy",
                        column: x => x.Policy,
                        principalTable: "RetentionPolicies",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Tracks_Expired",
                table: "Tracks",
                columns: new[] { "PurgedAt", "KeepUntil", "Session", "Name", "Size" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_Expired",
                table: "Sessions",
                columns: new[] { "State", "KeepUntil", "Id", "Team", "Label", "CreatedAt", "LastSize" });

            migrationBuilder.CreateIndex(
                name: "IX_PolicyReapplications_State_At",
                table: "PolicyReapplications",
                columns: new[] { "State", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_RetentionPolicies_Team_Version",
                table: "RetentionPolicies",
                columns: new[] { "Team", "Version" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "PolicyReapplications");

            migrationBuilder.DropTable(
                name: "RetentionRules");

            migrationBuilder.DropTable(
                name: "RetentionPolicies");

            migrationBuilder.DropIndex(
                name: "IX_Tracks_Expired",
                table: "Tracks");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_Expired",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "LastSize",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "Policy",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "ShownDay",
                table: "Sessions");

            migrationBuilder.CreateIndex(
                name: "IX_Tracks_Expired",
                table: "Tracks",
                columns: new[] { "PurgedAt", "KeepUntil", "Session", "Name" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_Expired",
                table: "Sessions",
                columns: new[] { "State", "KeepUntil", "Id", "Team", "Label", "CreatedAt" });
        }
    }
}
